from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations

SHEET = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

{rest}
"""


def _check(folder: Path, monkeypatch: pytest.MonkeyPatch, rest: str) -> int:
    sheet = folder / "en" / "LC_MESSAGES" / "messages.po"
    sheet.parent.mkdir(parents=True)
    sheet.write_text(SHEET.format(rest=rest))
    source = Catalog()
    source.add("Keranjang", locations=[("templates/cart.html", 1)])
    source.add(("%(n)s barang", "%(n)s barang"), locations=[("templates/cart.html", 2)])
    monkeypatch.setattr(translations, "ROOT", folder)
    monkeypatch.setattr(translations, "TRANSLATIONS", folder)
    monkeypatch.setattr(translations, "words", lambda: source)
    return translations.check()


CART = 'msgid "Keranjang"\nmsgstr "Cart"\n\n'
GOODS = 'msgid "%(n)s barang"\nmsgid_plural "%(n)s barang"\n'
BOTH = 'msgstr[0] "%(n)s item"\nmsgstr[1] "%(n)s items"\n'


def test_a_complete_catalogue_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _check(tmp_path, monkeypatch, CART + GOODS + BOTH) == 0


@pytest.mark.parametrize(
    "rest",
    [
        CART,
        CART + GOODS + 'msgstr[0] "%(n)s item"\nmsgstr[1] ""\n',
        "#, fuzzy\n" + CART + GOODS + BOTH,
        CART + GOODS + 'msgstr[0] "%(m)s item"\nmsgstr[1] "%(m)s items"\n',
        'msgid "Keranjang"\nmsgstr ""\n\n' + GOODS + BOTH,
    ],
    ids=["missing", "half", "fuzzy", "another name inside", "empty"],
)
def test_a_text_that_a_reader_would_miss_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    assert _check(tmp_path, monkeypatch, rest) == 1


def test_the_shops_own_words_are_found() -> None:
    assert "Ke beranda" in translations.words()
