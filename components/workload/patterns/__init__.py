"""The objects of each pattern, and of what surrounds a pod."""
