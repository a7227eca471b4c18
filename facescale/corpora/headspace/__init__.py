"""Headspace (LYHM): scans of whole heads with landmarks that are vertices."""
