"""Stand-ins for the Pulumi plugins that cannot be downloaded; README.md says what differs from the official ones."""
