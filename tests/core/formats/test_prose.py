"""What people write at length is shown as they meant it, and never runs, loads or misleads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.formats.markdown import ALLOWED, Lost, as_html, as_plain, lost
from tests.web.markup import Markup


def test_emphasis_lists_and_links_are_kept() -> None:
    html = as_html(
        "**Digoreng** dua kali\n\n- singkong\n- garam\n\n[Resepnya](https://gayo.example)"
    )
    assert "<strong>Digoreng</strong>" in html
    assert "<li>singkong</li>" in html
    assert '<a href="https://gayo.example" rel="nofollow ugc noopener">Resepnya</a>' in html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<iframe src=https://x.example></iframe>",
        "[tekan](javascript:alert(1))",
        "[tekan](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='javascript:alert(1)' onclick='x()'>tekan</a>",
        "![foto](https://x.example/foto.png)",
        '<https://x.example/?a="><script>alert(1)</script>',
        "<img src=x onerror=alert(1)>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_that_runs_or_loads_gets_through(typed: str) -> None:
    page = Markup.of(f"<main>{as_html(typed)}</main>")
    assert {one.tag for one in page.elements} <= ALLOWED | {"main"}
    for link in page.all("a"):
        assert link.attrs["href"].startswith(("https://", "http://", "mailto:", "tel:"))
        assert set(link.attrs) == {"href", "rel"}


@given(st.text(alphabet="<>&\"'()[]!*_`#-= \n/:.ajsvcriptonhxe1", max_size=120))
def test_no_text_becomes_anything_but_words_emphasis_lists_and_links(typed: str) -> None:
    page = Markup.of(f"<main>{as_html(typed)}</main>")
    assert {one.tag for one in page.elements} <= ALLOWED | {"main"}


def test_headings_and_indented_lines_stay_words() -> None:
    assert as_plain("# 1 untuk oleh-oleh\n\n    empat spasi") == "# 1 untuk oleh-oleh empat spasi"


def test_plain_words_carry_no_signs_of_markup() -> None:
    assert as_plain("**Kopi** & gula\nsatu < dua\n\n- [toko](https://x.example)") == (
        "Kopi & gula satu < dua toko"
    )


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("**Digoreng** dua kali, 2 < 3 & 4 > 1, <https://gayo.example>", set()),
        ("[tulis](mailto:asih@gayo.example) atau [telepon](tel:+62812)", set()),
        ("Enak <script>alert(1)</script>", {Lost.MARKUP}),
        ("<iframe src=https://x.example></iframe>", {Lost.MARKUP}),
        ("![foto](https://x.example/a.png)", {Lost.PICTURE}),
        ("[tekan](javascript:alert(1))", {Lost.LINK}),
        ("[tekan](JaVaScript:alert(1)) ![x](y) <b>z</b>", set(Lost)),
        ("[tekan](data:text/html;base64,PHNjcmlwdD4=)", {Lost.LINK}),
    ],
)
def test_a_writer_can_be_told_what_does_not_come_out(typed: str, gone: set[Lost]) -> None:
    assert lost(typed) == gone
