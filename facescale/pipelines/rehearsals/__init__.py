"""How each corpus layout is rehearsed: synthesis and writers joined, a family of layouts a file."""
