"""A head model fitted to the 2D landmarks of one subject's views."""
