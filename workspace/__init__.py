"""What every command of this checkout stands on: its folders, files, locks, processes, progress and engine."""
