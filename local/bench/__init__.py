"""`scripts/bench`: what this platform costs beside plain kubectl and plain Pulumi, as ratios taken side by side in one run."""
