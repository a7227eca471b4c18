import re

from facescale.reporting.sweep_page import SweepGallery, SweepPage, SweepPicture, render_sweep
from tests.reporting.test_sweep_rows import ROWS


def page(rows=ROWS, galleries=()):
    return render_sweep(
        SweepPage(subtitle="5 points", rows=rows, galleries=galleries, settings=[("points", "5000")])
    )


def test_rankings_come_in_order_with_their_shares_of_one_axis():
    text = page()
    bars = re.findall(r"<b>(\d)</b><span>(.*?)</span>", text)
    assert bars == [("1", "real, fast"), ("2", "real, adam")]
    widths = [float(width) for width in re.findall(r'<i style="width:([\d.]+)%"></i>', text)]
    assert widths[1] == 2 * widths[0]
    assert 0 < widths[1] <= 100


def test_stand_ins_are_below_their_own_heading_and_in_no_ranking():
    text = page()
    accuracy, plumbing = text.split("<h2>Speed and plumbing: stand-ins</h2>")
    assert "flame(stand-in)" not in accuracy
    assert "flame(stand-in)" in plumbing


def test_pictures_have_their_group_and_their_names_are_escaped():
    picture = SweepPicture(group="Worst", item="<img src=x>", figures="scan to mesh 0.9 mm", picture=b"RIFF")
    text = page(galleries=[SweepGallery(name="ours, real, fast", stand_in=False, pictures=[picture])])
    assert "data:image/webp;base64," in text
    assert "&lt;img src=x&gt;" in text
    assert "<img src=x>" not in text
    assert "2 mm and more" in text


def test_a_sweep_of_which_nothing_is_done_is_a_page_all_the_same():
    text = page(rows=[ROWS[2]])
    assert "trained in a later round" in text
    assert '<div class="ranking"' not in text
