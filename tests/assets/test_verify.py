import hashlib

from facescale.assets.lookup import find
from facescale.assets.verify import verify


def test_files_are_verified_differing_or_missing(cache, make_asset):
    toy = make_asset({"model/a": b"a", "model/b": b"b", "model/c": b"c"})
    (cache / "toys" / "model").mkdir(parents=True)
    (cache / "toys" / "model" / "a").write_bytes(b"a")
    (cache / "toys" / "model" / "b").write_bytes(b"x")
    read = []
    results = verify(find(toy), progress=read.append)
    assert [(file.path, file.state) for file in results] == [
        ("model/a", "verified"),
        ("model/b", "differs"),
        ("model/c", "missing"),
    ]
    assert results[1].sha256 == hashlib.sha256(b"x").hexdigest()
    assert results[2].sha256 == ""
    assert sum(read) == 2
