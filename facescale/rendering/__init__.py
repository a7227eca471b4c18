"""Rasterisers, shading and pictures of meshes."""
