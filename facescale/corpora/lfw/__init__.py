"""Labeled Faces in the Wild: its folders and its protocol."""
