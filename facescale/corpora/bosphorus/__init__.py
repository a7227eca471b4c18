"""Bosphorus: range images of faces in expressions, poses and with occlusions."""
