"""facescale: distributed batch processing of human faces on Ray."""

__version__ = "0.1.0"
