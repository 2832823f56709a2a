"""The repository that Argo CD deploys from: written, checked, and promoted in."""
