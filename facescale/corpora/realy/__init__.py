"""REALY: regions of scans with 85 keypoints, and the photographs that reconstructions start from."""
