"""`causeway workload`: choose a pattern, render manifests for Git, import a Score file. None of it needs a cluster."""
