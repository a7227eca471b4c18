"""Scan to head model."""
