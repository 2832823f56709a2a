"""Shop: the sample service on all four patterns."""

from .component import Shop, ShopArgs
from .workloads import DATABASE_SECRET, DATABASES, SECRET_CLASSES, database_secret, database_user, delegable

__all__ = ["DATABASES", "DATABASE_SECRET", "SECRET_CLASSES", "Shop", "ShopArgs", "database_secret", "database_user", "delegable"]
