"""Printing happens in a process of its own, which ends with it, well or not."""

import json
import re
import subprocess
import sys

import pytest
import typst

from config import ROOT
from shop.core.formats.barcodes import drawing
from shop.services.pdf import renderer, typst_process
from shop.services.pdf.errors import PressStopped

STORY_CARD = ROOT / "shop" / "catalog" / "labels" / "story_card.typ"
CARD = {
    "title": "Cerita Kopi",
    "name": "Kopi Gayo #panic()",
    "maker": "Koperasi Gayo",
    "opening": "Dari kebun di atas awan.",
    "cooperative": "Koperasi Gayo, Aceh Tengah",
    "invitation": "Pindai untuk membaca ceritanya",
    "colour": "#7a4317",
    "qr": drawing("https://lumbung.example/cerita/kopi")[0],
}


def timeless(pdf: bytes) -> bytes:
    """Without the second it was made in, and the number that follows from it."""
    return re.sub(rb"D:[\dTZ:+'-]+|(?<=Date>)[^<]+|(?<=ID>)[^<]+|/ID\[.*?\]", b"", pdf)


def test_a_paper_is_byte_for_byte_what_typst_makes_of_it_here() -> None:
    compiler = typst.Compiler(
        root=str(STORY_CARD.parent),
        font_paths=[str(typst_process.FONTS)],
        ignore_system_fonts=True,
    )
    here = compiler.compile(str(STORY_CARD), format="pdf", sys_inputs={"data": json.dumps(CARD)})
    assert isinstance(here, bytes)
    first, second = renderer.pdfs(STORY_CARD, [CARD, CARD | {"name": "Kopi Kintamani"}])
    assert timeless(first) == timeless(here) != timeless(second)


def test_who_has_a_paper_printed_keeps_nothing_of_typst() -> None:
    program = (
        "import json, pathlib, sys; from shop.services.pdf.renderer import render_pdf;"
        " assert render_pdf(pathlib.Path(sys.argv[1]), json.load(sys.stdin)).startswith(b'%PDF');"
        " assert 'typst' not in sys.modules and '_typst' not in open('/proc/self/maps').read()"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(STORY_CARD)],
        input=json.dumps(CARD),
        text=True,
        cwd=ROOT,
        check=True,
    )


def test_nothing_to_print_begins_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert renderer.pdfs(STORY_CARD, []) == []


def test_one_paper_that_cannot_be_printed_refuses_them_all() -> None:
    with pytest.raises(RuntimeError, match="key"):
        renderer.pdfs(STORY_CARD, [CARD, {}])
    assert renderer.render_pdf(STORY_CARD, CARD)  # and the next one is printed as ever


def test_a_press_that_dies_is_a_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="the press ended"):
        renderer.render_pdf(STORY_CARD, CARD)


@pytest.mark.parametrize(("what", "value"), [("MAX_SECONDS", 0.0), ("sys.executable", "/nowhere")])
def test_a_press_that_hangs_or_cannot_begin_lets_people_try_later(
    monkeypatch: pytest.MonkeyPatch, what: str, value: object
) -> None:
    monkeypatch.setattr(f"shop.services.pdf.renderer.{what}", value)
    with pytest.raises(PressStopped):
        renderer.render_pdf(STORY_CARD, CARD)
