"""`pulumi-resource-kubernetes` for SDK 4.34, against a real API server."""
