"""The Adaptive Skinning Model (Yang et al. 2023): 84 bones, bound and weighted over one chart of the skin."""
