"""Landmark detectors: images to 2D points. Knows nothing of head models, fitting or corpora."""
