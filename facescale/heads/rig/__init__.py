"""From a subject's neutral shape in a head model's topology to a head of its own expressions."""
