"""What monitoring knows, asked from a shell: alerts, objectives, dashboards."""
