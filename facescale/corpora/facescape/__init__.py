"""FaceScape: registered scans (TU), multi-view pictures (MV) and the single-view benchmark (SVFR)."""
