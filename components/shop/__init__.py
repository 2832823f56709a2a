"""Shop: the sample service on all four patterns."""

from .component import Shop, ShopArgs
from .workloads import database_secret, delegable

__all__ = ["Shop", "ShopArgs", "database_secret", "delegable"]
