"""Stirling/ESRC: neutral and other scans with seven clicked points, and the photographs of FG2018."""
