from facescale.runtime.board import Board
from facescale.runtime.protocol import Task
from tests.runtime.simulated_stage import item

GOOD = Task(key="0" * 64, item=item("good"))


def test_a_worker_that_is_out_waits_until_only_shards_of_its_like_are_left():
    board = Board(shards=5, workers=3)
    assert not board.only_held_left()
    board.leave("w1")
    for number in range(3):
        board.end(number)
        board.end(number)
    assert not board.only_held_left()
    board.end(3)
    assert board.only_held_left()


def test_when_all_workers_are_out_nobody_waits():
    board = Board(shards=500, workers=2)
    board.leave("w1")
    board.leave("w1")
    assert not board.only_held_left()
    board.leave("w2")
    assert board.only_held_left()


def test_who_doubts_gets_the_item_that_another_worker_has_done():
    board = Board(shards=9, workers=3)
    assert board.doubt("w1") == (None, True)
    board.end(0, GOOD)
    board.end(1)
    assert board.doubt("w1") == (GOOD, False)


def test_where_everybody_doubts_nobody_waits_for_a_good_item():
    board = Board(shards=9, workers=2)
    assert board.doubt("w1") == (None, True)
    assert board.doubt("w2") == (None, False)
    assert board.doubt("w1") == (None, False)
    board.trust("w2")
    assert board.doubt("w1") == (None, True)


def test_who_holds_the_last_shards_does_not_wait_for_a_good_item():
    board = Board(shards=3, workers=8)
    assert board.doubt("w1") == (None, True)
    board.end(0)
    board.end(1)
    assert board.doubt("w1") == (None, False)


def test_a_node_that_was_announced_to_go_must_go_and_no_other_one():
    board = Board(shards=3, workers=2, leaving=lambda: {"a"})
    assert board.must_go("a")
    assert not board.must_go("b")


def test_when_the_run_is_to_end_everybody_must_go_and_nothing_is_held():
    board = Board(shards=3, workers=2)
    board.halt()
    assert board.must_go("a")
    assert board.only_held_left()
