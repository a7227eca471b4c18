import re

import pytest

from facescale.assets.ict_facekit import COMMIT
from facescale.assets.registry import asset, assets


def test_every_file_has_a_digest_a_size_and_a_relative_path():
    for entry in assets():
        assert entry.files
        for file in entry.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert file.size > 0
            assert not file.path.startswith("/")
            assert ".." not in file.path


def test_names_and_paths_are_distinct():
    entries = assets()
    names = [name for entry in entries for name in (entry.name, *entry.other_names)]
    assert len(set(names)) == len(names)
    places = [f"{entry.folder}/{file.path}" for entry in entries for file in entry.files]
    assert len(set(places)) == len(places)


def test_addresses_are_https_and_pinned_to_a_commit_or_version():
    for entry in assets():
        for file in entry.files:
            assert file.url == "" or file.url.startswith("https://")
    assert all(f"/{COMMIT}/" in file.url for file in asset("ict").files)


def test_the_published_head_is_a_neutral_100_identities_57_expressions_indices_and_licence():
    names = [file.path for file in asset("ict").files]
    assert len(names) == 1 + 100 + 57 + 1 + 1
    assert {f"FaceXModel/identity{k:03d}.obj" for k in range(100)} < set(names)


def test_an_asset_without_addresses_is_not_fetchable():
    assert asset("ict").fetchable
    assert not asset("ict-packed").fetchable


def test_the_face_landmarker_goes_by_its_maker_s_name_too():
    assert asset("mediapipe").name == asset("face-landmarker").name == "face-landmarker"


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"expected one of the assets .*'ict'.* got 'flame'"):
        asset("flame")
