"""Whatever people may write, generated: by a seed, so that each input can be had again."""
