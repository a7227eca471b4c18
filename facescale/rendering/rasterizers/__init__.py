"""Rasterisers behind one contract: projected vertices in, fragments out."""
