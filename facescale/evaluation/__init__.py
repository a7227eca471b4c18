"""Protocols over artefacts: prediction and truth in, scores out. Never imports a method."""
