from dataclasses import replace

import numpy as np

from facescale.corpora.views_check import inspect_capture
from facescale.pipelines.rig_cards import ON_SURFACE, views_card
from facescale.rendering.encode import decode
from facescale.structures import Item, Mesh, RegisteredMesh
from facescale.structures.item import InputFile
from tests.corpora.test_cameras_check import POINTS, capture

ITEM = Item(corpus="c", item="i", subject="s", inputs=(InputFile(role="video", uri="v", path="v.mp4", size=1),))


def card(found):
    return views_card(*inspect_capture(ITEM, lambda _: found), size=176)


def test_a_rig_has_one_picture_a_camera_and_a_drawing_of_all():
    shown = card(capture(frames=3))
    assert shown.drawing.count("<title>") == 4 * 3
    assert shown.size[0] / 4 == 280
    assert "4 cameras, 12 views, 96 x 140. Cameras: 1 c0, 2 c1, 3 c2, 4 c3" in shown.figures
    assert decode(shown.picture).shape == (shown.size[1], shown.size[0], 4)


def test_views_without_cameras_or_with_one_have_pictures_alone():
    plain = capture(frames=1)
    bare = replace(plain, views=tuple(replace(view, camera=None) for view in plain.views))
    for found in (bare, replace(plain, views=plain.views[:1])):
        assert card(found).drawing == ""
        assert card(found).picture is not None


def test_the_registered_mesh_is_drawn_where_the_cameras_see_it():
    grey = capture(frames=1, marked=False)
    views = tuple(replace(view, image=np.full_like(view.image, 90)) for view in grey.views)
    mesh = RegisteredMesh(
        name="0", mesh=Mesh(vertices=POINTS, faces=np.zeros((0, 3), np.int32)), topology="x", time_s=0.0
    )
    with_mesh = decode(card(replace(grey, views=views, registrations=(mesh,))).picture).astype(int)
    without = decode(card(replace(grey, views=views)).picture).astype(int)
    changed = np.abs(with_mesh - without)[..., :3].sum(axis=-1) > 60
    assert 20 < changed.sum() < 2000
    assert ON_SURFACE[1] > 150
    assert with_mesh[changed][:, 1].mean() > without[changed][:, 1].mean() + 20
