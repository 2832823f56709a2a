"""The commands behind scripts/up, scripts/down and scripts/env."""
