"""`causeway doctor`: facts are gathered once (gather.py), and pure functions judge them (one module for each group)."""
