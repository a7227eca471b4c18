import io

from facescale.runtime.live_table import LiveTable, plain_line

ROW = {
    "total": 200,
    "done": 120,
    "rejected": 3,
    "failed": 0,
    "quarantined": 1,
    "pending": 76,
    "workers": 2,
    "rate_per_s": 0.5,
    "p50_s": 1.234,
    "p95_s": 4.0,
    "eta_s": 152.0,
    "elapsed_s": 240.0,
    "redone": 2,
    "lost_workers": 0,
    "deaths": 3,
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_plain_line_tells_counts_speed_and_trouble():
    assert plain_line("register", ROW) == (
        "register: 124/200; 120 done, 3 rejected, 1 quarantined; 30.0/min, 1.23s p50, 4s p95; "
        "2m32s to go; 2 redone; 3 children died"
    )


def test_a_plain_line_of_a_run_that_has_not_begun_invents_nothing():
    fresh = dict.fromkeys(ROW, 0) | dict.fromkeys(("rate_per_s", "p50_s", "p95_s", "eta_s"))
    assert plain_line("register", fresh | {"total": 5, "pending": 5}) == "register: 0/5; nothing yet"


def test_without_a_terminal_there_is_one_line_a_minute_and_one_at_the_end():
    stream = io.StringIO()
    with LiveTable("register", stream) as table:
        for second in range(150):
            table.show(ROW, float(second))
        table.show(ROW, 150.0, last=True)
    assert stream.getvalue().count("\n") == 4


def test_on_a_terminal_there_is_a_table_with_every_count():
    stream = Terminal()
    with LiveTable("register", stream) as table:
        table.show(ROW, 0.0)
        table.say("worker w gets no more work: [red]no markup[/red]")
    text = stream.getvalue()
    for words in ("register", "quarantined", "120", "30.0/min", "2m32s", "children died"):
        assert words in text
    assert "[red]no markup[/red]" in text
