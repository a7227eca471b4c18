"""What all deliveries of NeRSemble have in common: its cameras, its sequences, its sizes. Reads nothing."""

SERIALS: tuple[str, ...] = (
    "222200042", "222200044", "222200046", "222200040", "222200036", "222200048", "220700191", "222200041",
    "222200037", "222200038", "222200047", "222200043", "222200049", "222200039", "222200045", "221501007",
)  # fmt: skip
"""Of the cameras, in the order that numbers them from 0."""
FRONTAL = "222200037"
FULL_SIZE = (2200, 3208)
"""Width and height of the pictures that the intrinsics belong to."""
RATE = 73.0
"""Frames a second at which it was taken."""
BACKGROUND = "BACKGROUND"
SEQUENCES: tuple[str, ...] = (
    "EXP-1-head", "EXP-2-eyes", "EXP-3-cheeks+nose", "EXP-4-lips", "EXP-5-mouth", "EXP-6-tongue-1",
    "EXP-7-tongue-2", "EXP-8-jaw-1", "EXP-9-jaw-2", "EMO-1-shout+laugh", "EMO-2-surprise+fear",
    "EMO-3-angry+sad", "EMO-4-disgust+happy", "SEN-01-cramp_small_danger", "SEN-02-same_phrase_thirty_times",
    "SEN-03-pluck_bright_rose", "SEN-04-two_plus_seven", "SEN-05-glow_eyes_sweet_girl",
    "SEN-06-problems_wise_chief", "SEN-07-fond_note_fried", "SEN-08-clothes_and_lodging",
    "SEN-09-frown_events_bad", "SEN-10-port_strong_smokey", "GLASSES", "HAIR", "FREE",
)  # fmt: skip
"""Names of the sequences; `BACKGROUND` is a folder beside them and none of them."""
LICENCE = "NeRSemble (by application, research only)"


def in_rig_order(serial: str) -> tuple[int, str]:
    """Key that sorts cameras as the rig numbers them; unknown ones come last, by name."""
    return (SERIALS.index(serial) if serial in SERIALS else len(SERIALS), serial)
