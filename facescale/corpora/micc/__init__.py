"""MICC Florence: scans with photographs and videos of the same people, wherever a copy keeps them."""
