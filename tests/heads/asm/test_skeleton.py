from facescale.heads.asm.skeleton import BONES, HEAD, INDEX, MIRROR, MOVING, NAMES, PARENTED, PARENTS, ROOT


def test_there_are_84_bones_with_names_of_their_own_and_the_root_first():
    assert BONES == len(NAMES) == len(PARENTS) == len(set(NAMES)) == 84
    assert (NAMES[0], PARENTS[0], ROOT) == ("root", -1, 0)
    assert (NAMES[1], PARENTS[1], HEAD) == ("head", 0, 1)


def test_the_doubled_name_of_the_table_is_the_right_corner_of_the_mouth():
    assert NAMES[14] == "lip_corner.L"
    assert NAMES[19] == "lip_corner.R"
    assert MIRROR[14] == 19


def test_parents_come_before_their_children_and_the_chain_of_the_nose_tip_is_that_of_the_paper():
    assert all(parent < bone for bone, parent in enumerate(PARENTS))
    chain, bone = [], INDEX["nose_tip"]
    while bone >= 0:
        chain.append(NAMES[bone])
        bone = PARENTS[bone]
    assert chain == ["nose_tip", "nose", "head", "root"]


def test_mirroring_twice_is_the_identity_and_keeps_the_hierarchy():
    assert [MIRROR[MIRROR[bone]] for bone in range(BONES)] == list(range(BONES))
    assert all(PARENTS[MIRROR[bone]] == (MIRROR[PARENTS[bone]] if bone else -1) for bone in range(BONES))
    alone = [NAMES[bone] for bone in range(BONES) if MIRROR[bone] == bone]
    assert not any(name.endswith((".L", ".R")) for name in alone)
    assert len(alone) == 16


def test_all_but_root_and_head_move():
    assert tuple(range(2, 84)) == MOVING
    assert [NAMES[bone] for bone in PARENTED] == [
        "root", "head", "nose", "mouth", "eye.L", "eyebrow.L", "eye.R", "eyebrow.R",
    ]  # fmt: skip
