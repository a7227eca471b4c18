"""The built-in head: procedural, typed by hand, free of any other model's coordinates."""
