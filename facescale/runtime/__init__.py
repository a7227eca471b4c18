"""Ray, and nothing about faces."""
