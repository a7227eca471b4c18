"""Files that are fetched, not bundled: sources, licences, digests, and where they lie on this machine."""
