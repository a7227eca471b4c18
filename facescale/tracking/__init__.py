"""Trackers: MLflow, or none."""
