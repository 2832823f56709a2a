"""The keeper of Vault: initialises it, opens it whenever it is sealed, and gives it the configuration that the cluster holds."""
