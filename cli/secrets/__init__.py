"""`causeway secrets`: where secrets are, which level fits, how old they are. No value passes through here."""
