"""The command `causeway`: doctor, status, urls and secrets, thin over pure modules."""
