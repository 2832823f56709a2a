"""The command `causeway`: doctor, status, urls, secrets and workload, thin over pure modules."""
