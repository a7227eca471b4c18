import numpy as np

from facescale.rendering.encode import encode
from facescale.reporting.contact_sheet import SheetCard, SheetFinding, render_sheet
from tests.reporting.test_report import Page

PICTURE = encode(np.full((12, 36, 4), 200, np.uint8))


def card(item, level="ok", picture=PICTURE, **more):
    return SheetCard(
        item=item, level=level, figures="8 vertices", picture=picture, size=(36, 12), alt=item, **more
    )


def test_every_card_shows_its_picture_and_what_is_known():
    finding = SheetFinding(level="warning", reason="coarse", message="few vertices")
    html = render_sheet("Scans", [card("a"), card("b", "warning", findings=[finding])], subtitle="/data")
    page = Page(html)
    assert len(page.of("img")) == 2
    assert all(image["src"].startswith("data:image/webp") for image in page.of("img"))
    text = " ".join(page.text.split())
    assert "coarse: few vertices" in text
    assert "2 scans shown 1 fine 1 with something odd 0 would be rejected" in text


def test_a_scan_that_cannot_be_read_has_no_picture():
    page = Page(render_sheet("Scans", [card("a", "error", picture=None)]))
    assert not page.of("img")
    assert "it cannot be read" in page.text


def test_names_from_files_are_text():
    name = '<script>alert(1)</script>"><img src=x>'
    finding = SheetFinding(level="error", reason=name, message=name)
    page = Page(render_sheet(name, [card(name, "error", findings=[finding])], subtitle=name, left_out=name))
    assert len(page.of("script")) == 1
    assert len(page.of("img")) == 1
    assert name in page.text
