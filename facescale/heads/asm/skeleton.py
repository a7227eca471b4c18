"""The 84 bones of ASM: names, parents and mirror pairs, keyed by index. Knows no head and no coordinate.

Table 1 of the supplement of Yang et al. 2023, "ASM: An Adaptive Skinning Model for High-Quality 3D Face
Modeling". It calls both bone 14 and bone 19 "lip_corner.L"; bone 19, which stands among the lips of the right
side, is the right corner, and is called so here. Index 0 is the root.
"""

from collections.abc import Mapping

_TABLE = """
0 - root
1 root head
2 head nose
3 nose nose_bridge
4 nose nose_tip
5 nose nose_mid
6 nose nose_wing.L
7 nose nose_wing.R
8 nose nose_bottom.L
9 nose nose_bottom.R
10 nose nose_hole.L
11 nose nose_hole.R
12 nose nose_bridge_upper
13 head mouth
14 mouth lip_corner.L
15 mouth lip_upper_side.L
16 mouth lip_upper_mid
17 mouth lip_lower_mid
18 mouth lip_lower_side.L
19 mouth lip_corner.R
20 mouth lip_upper_side.R
21 mouth lip_lower_side.R
22 head ear.L
23 head eye.L
24 eye.L eye_inner_upper.L
25 eye.L eye_outer_upper.L
26 eye.L eye_outer_corner.L
27 eye.L eye_inner_lower.L
28 eye.L eye_outer_lower.L
29 eye.L eye_inner_corner.L
30 eye.L eye_hole.L
31 eye.L eyelid_outer.L
32 eye.L eyelid_middle.L
33 eye.L eyelid_inner.L
34 head eyebrow.L
35 eyebrow.L eyebrow_inner.L
36 eyebrow.L eyebrow_outer.L
37 eyebrow.L eyebrow_mid.L
38 head forehead
39 head apple_outer.L
40 head apple_lower.L
41 head apple_inner.L
42 head apple_center.L
43 head eyebrow_center
44 head chin
45 head chin_side.L
46 head jaw.L
47 head jaw_corner.L
48 head temple.L
49 head ear.R
50 head eye.R
51 eye.R eye_inner_upper.R
52 eye.R eye_outer_upper.R
53 eye.R eye_outer_corner.R
54 eye.R eye_inner_lower.R
55 eye.R eye_outer_lower.R
56 eye.R eye_inner_corner.R
57 eye.R eye_hole.R
58 eye.R eyelid_outer.R
59 eye.R eyelid_middle.R
60 eye.R eyelid_inner.R
61 head eyebrow.R
62 eyebrow.R eyebrow_inner.R
63 eyebrow.R eyebrow_outer.R
64 eyebrow.R eyebrow_mid.R
65 head apple_outer.R
66 head apple_lower.R
67 head apple_inner.R
68 head apple_center.R
69 head chin_side.R
70 head jaw.R
71 head jaw_corner.R
72 head temple.R
73 head cheek.L
74 head cheek.R
75 head chin_low
76 head chin_side_low.L
77 head chin_side_low.R
78 head eyebrow_center_up
79 head forehead.L
80 head forehead.R
81 root neck_front
82 root neck_side.L
83 root neck_side.R
"""
_ROWS = [line.split() for line in _TABLE.split("\n") if line]

NAMES: tuple[str, ...] = tuple(name for _, _, name in _ROWS)
"""Of each bone."""
BONES = len(NAMES)
INDEX: Mapping[str, int] = {name: index for index, name in enumerate(NAMES)}
PARENTS: tuple[int, ...] = tuple(INDEX.get(parent, -1) for _, parent, _ in _ROWS)
"""Of each bone, -1 for the root. Parents come before their children."""
ROOT, HEAD = 0, 1
MOVING: tuple[int, ...] = tuple(range(2, BONES))
"""Bones that are posed. The root and the head bone stay at rest: together they carry the whole skin, so their
nine parameters would repeat the global similarity that every fit has anyway."""
PARENTED: tuple[int, ...] = tuple(sorted({parent for parent in PARENTS if parent >= 0}))
"""Bones that have children: root, head, nose, mouth, eyes, eyebrows."""


def _mirrored(name: str) -> str:
    if name.endswith((".L", ".R")):
        return name[:-1] + ("R" if name.endswith("L") else "L")
    return name


MIRROR: tuple[int, ...] = tuple(INDEX[_mirrored(name)] for name in NAMES)
"""Each bone's counterpart on the other side of the face; itself on the midline."""
