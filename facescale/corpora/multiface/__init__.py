"""Multiface: many cameras, tracked meshes and textures of a few people."""
