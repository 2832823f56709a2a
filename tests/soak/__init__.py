"""Long forms of tests: sweeps and soaks that CI leaves out. `tests/soak/test_PART.py` is what `scripts/soak PART` runs."""
