"""A list of links while somebody types: quick, plain, and never in the way."""

from shop.core.database.engine import Database
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup


def _links(text: str) -> list[str]:
    return [link.attrs["href"] or "" for link in Markup.of(text).all("a")]


def test_what_begins_like_the_text_is_offered(pages: Visitor) -> None:
    part = pages.get("/produk/saran?bagian=1&q=kopi+gay").text
    assert "<html" not in part
    assert _links(part)
    assert all(link.startswith("/produk/") and "kopi" in link for link in _links(part))
    assert "/produk?kategori=minuman%2Fkopi" in _links(pages.get("/produk/saran?q=kop").text)


def test_the_list_does_not_vanish_with_the_first_letter_of_a_word(pages: Visitor) -> None:
    whole = pages.get("/produk/saran?bagian=1&q=kopi+gayo").text
    assert _links(whole)
    assert _links(pages.get("/produk/saran?bagian=1&q=kopi+gayo+b").text) == _links(whole)


def test_an_english_list_knows_english_names(pages: Visitor) -> None:
    part = pages.get("/en/produk/saran?bagian=1&q=coff").text
    assert _links(part)
    assert all(link.startswith("/en/produk") for link in _links(part))
    assert "Coffee" in part


def test_the_list_is_also_a_page(pages: Visitor) -> None:
    page = Markup.of(pages.get("/produk/saran?q=keripik").text)
    assert not page.mistakes
    assert "Keripik Talas Daun Jeruk" in pages.get("/produk/saran?q=keripik+tal").text
    assert "Belum ada saran" in pages.get("/produk/saran").text


def test_two_statements_whatever_is_typed(pages: Visitor, market: Database) -> None:
    database = pages.application.extensions["lumbung"].database
    for text in ("k", "kop", "kopi arabika gayo", "xyzzy", "ker" * 60):
        with statements(database) as asked:
            assert pages.get("/produk/saran", query_string={"q": text}).status_code == 200
        assert len(asked) == 2, text


def test_no_sign_breaks_the_list(pages: Visitor) -> None:
    for text in ("%", '"', "*", "NEAR(", "\x00", "٣", "🙂", "a" * 10_000, "' OR 1"):
        answer = pages.get("/produk/saran", query_string={"q": text})
        assert answer.status_code == 200, text
        assert not Markup.of(answer.text).mistakes, text
