"""Geometry that knows nothing of faces: kernels with float64 twins, alignment, sampling, topology."""
