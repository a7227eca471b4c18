"""Readers and writers of corpora in their real layouts. A corpus knows nothing of methods."""
