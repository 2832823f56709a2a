"""Stands in for Grafana on the local cluster: loads the same dashboards, runs their queries, draws their panels."""
