"""Artefacts to HTML, figures and exchange formats."""
