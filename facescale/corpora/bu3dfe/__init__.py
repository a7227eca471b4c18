"""BU-3DFE: scans of six expressions in four levels, as VRML."""
