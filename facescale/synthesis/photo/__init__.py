"""Photographs and video frames of invented people, by casting rays: no part of any fit sees or shares this."""
