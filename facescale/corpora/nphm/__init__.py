"""NPHM and MonoNPHM: scans with registrations in the space of NPHM, and the folders of its tracker."""
