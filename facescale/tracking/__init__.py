"""Trackers: MLflow, or none."""

from facescale.tracking.mlflow_tracker import MlflowConfig, MlflowTracker
from facescale.tracking.tracker import AbstractTracker, NullTracker

__all__ = ["AbstractTracker", "MlflowConfig", "MlflowTracker", "NullTracker"]
