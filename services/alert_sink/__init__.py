"""The alert sink: takes what Alertmanager sends, and shows it."""
