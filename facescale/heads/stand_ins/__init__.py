"""Made-up models in the file formats of gated ones: same keys, shapes, types and units, our own geometry."""
