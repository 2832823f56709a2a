"""RestrictedNamespace."""

from .component import RestrictedNamespace, RestrictedNamespaceArgs

__all__ = ["RestrictedNamespace", "RestrictedNamespaceArgs"]
