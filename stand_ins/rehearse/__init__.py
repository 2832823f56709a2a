"""`scripts/rehearse`: the real engine's whole run of a cloud stack, with nothing made at any cloud."""
