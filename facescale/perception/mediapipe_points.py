"""Which of MediaPipe's 478 face points is which: outlines as closed loops, the 68 of ibug, the seven of NoW.

Right and left are the subject's. Loops are simple polygons whose last point joins the first; they may run
either way round. Knows no detector.
"""

from facescale.structures.keypoints import NOW7_IN_IBUG68

SCHEME = "mediapipe478"
COUNT = 478
IRIS_START = 468
"""Points from here on lie on the irises, all others on skin."""

OVAL: tuple[int, ...] = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
    150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""From the top of the forehead over the subject's left to the chin and back; slides with the view."""
LEFT_EYE: tuple[int, ...] = (
    263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
)  # fmt: skip
"""The lids' edges from the outer corner over the lower lid to the inner corner and back."""
RIGHT_EYE: tuple[int, ...] = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_IRIS: tuple[int, ...] = (474, 475, 476, 477)
"""Four points of the iris' outline."""
RIGHT_IRIS: tuple[int, ...] = (469, 470, 471, 472)
LEFT_IRIS_CENTRE, RIGHT_IRIS_CENTRE = 473, 468
LIPS: tuple[int, ...] = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
"""The lips' outer edge from the right corner over the lower lip to the left corner and back."""
INNER_MOUTH: tuple[int, ...] = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
"""The lips' inner edge, likewise."""
UPPER_INNER_LIP: tuple[int, ...] = (415, 310, 311, 312, 13, 82, 81, 80, 191)
LOWER_INNER_LIP: tuple[int, ...] = (95, 88, 178, 87, 14, 317, 402, 318, 324)
LEFT_BROW: tuple[int, ...] = (285, 295, 282, 283, 276, 300, 293, 334, 296, 336)
"""From the inner end below to the outer end and back above."""
RIGHT_BROW: tuple[int, ...] = (55, 65, 52, 53, 46, 70, 63, 105, 66, 107)

IBUG68: tuple[int, ...] = (
    # jaw line from the right ear
    127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356,
    # brows: right from outside, left from inside
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    # bridge down to the tip, then below the nostrils from the right
    168, 197, 195, 4, 240, 97, 2, 326, 460,
    # eyes: right from outside, left from inside, upper lid first
    33, 160, 158, 133, 153, 163, 362, 385, 387, 263, 390, 380,
    # mouth: outer edge from the right corner over the upper lip, then the inner edge
    61, 39, 37, 0, 267, 269, 291, 321, 314, 17, 84, 91, 78, 81, 13, 311, 308, 402, 14, 178,
)  # fmt: skip
"""The nearest of the 478 to each of ibug's 68. The first 17 are oval points and slide."""
NOW7: tuple[int, ...] = tuple(IBUG68[k] for k in NOW7_IN_IBUG68)
"""In the order of `structures.NOW7`."""
