"""Files that are fetched, not bundled: where they come from, their licences, and where they lie on this machine."""
