"""One FLAME stand-in a session: half a second of work behind seconds of imports."""

import pytest


@pytest.fixture(scope="session")
def flame_folder(tmp_path_factory):
    from facescale.heads.stand_ins.flame import write_stand_in

    path = tmp_path_factory.mktemp("flame") / "flame2023.pkl"
    write_stand_in(path, "flame2023")
    return path.parent
