"""GitOps: what Argo CD deploys from Git, how, and where the program's part ends."""
