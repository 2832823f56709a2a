"""What replaces programs that this machine cannot download. README.md lists each with its differences."""
