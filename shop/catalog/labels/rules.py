"""What stands on a label, line by line, and how small its letters may be.

A label is in Indonesian whatever language its maker reads (PerBPOM 31/2018), so these words are
not translated.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from shop.catalog.packaging.allergens import allergen_parts
from shop.catalog.packaging.label_rules import RULE_SETS, Fact, Goods, LabelFacts
from shop.catalog.packaging.rules import HalalState
from shop.core.values.units import Millimetres

SAMPLE: Final = "CONTOH – BELUM LENGKAP"
LETTER: Final = 100
"""Hundredths of a millimetre: as tall as a small "o" must be at least (PerBPOM 31/2018)."""
LETTER_ON_SMALL: Final = 75
SMALL_PACK_MM2: Final = 1_000
"""A pack whose largest side has 10 cm² or less may carry smaller letters."""
LONGEST_WORD: Final = 24
"""Letters after which a word may be broken: nobody's word, but it must not leave the label."""

_EATEN: Final = frozenset({Goods.FOOD, Goods.FRESH, Goods.HERBAL})
_INGREDIENTS: Final = {
    Goods.CLOTH: "Serat",
    Goods.BATIK: "Serat",
    Goods.CRAFT: "Bahan",
}


@dataclass(frozen=True)
class Run:
    """A piece of text, bold or not."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Line:
    """One fact on a label: its word and what it says; nothing where it is missing."""

    word: str
    runs: tuple[Run, ...] = ()

    @property
    def text(self) -> str:
        """What it says, in one."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class LabelText:
    """All words of a label in the order in which they stand."""

    brand: str
    name: str
    notice: str
    about: tuple[Line, ...]
    net: Line
    marks: tuple[Line, ...]
    makers: tuple[Line, ...]


def letter_height(length: Millimetres, width: Millimetres, height: Millimetres) -> int:
    """How tall the small letters must be at least on a pack of these measures.

    :return: hundredths of a millimetre; by the pack's largest side, not by the label.
    """
    _small, middle, large = sorted((length, width, height))
    return LETTER_ON_SMALL if middle * large <= SMALL_PACK_MM2 else LETTER


def label_text(facts: LabelFacts, option: str = "") -> LabelText:
    """The label of goods: what is known, and an empty line for what the law wants besides.

    :param option: by what this pack differs from the others of the product.
    """
    return LabelText(
        brand=facts.brand or "",
        name=f"{facts.name}, {option}" if option else facts.name,
        notice="MENGANDUNG BABI" if facts.has_pork else "",
        about=tuple(_about(facts)),
        net=_net(facts.net),
        marks=tuple(_marks(facts)),
        makers=tuple(_makers(facts)),
    )


def _about(facts: LabelFacts) -> Iterator[Line]:
    goods, wanted = facts.goods, RULE_SETS[facts.goods].mandatory
    if facts.technique is not None or Fact.TECHNIQUE in wanted:
        yield _said("Teknik", facts.technique.value if facts.technique else "")
    made_of = _INGREDIENTS.get(goods, "Komposisi")
    if facts.ingredients and goods in _EATEN:
        pieces = allergen_parts(facts.ingredients)
        yield Line(made_of, tuple(Run(text, strong) for text, strong in pieces))
    elif facts.ingredients or {Fact.INGREDIENTS, Fact.FIBRE, Fact.MATERIAL} & set(wanted):
        yield _said(made_of, facts.ingredients)
    if facts.allergens:
        named = ", ".join(facts.allergens)
        yield Line("", (Run(f"Mengandung alergen: {named}", strong=True),))
    for fact, word, text in (
        (Fact.DIRECTIONS, "Cara pakai", facts.directions),
        (Fact.CARE, "Perawatan", facts.care),
    ):
        if text or fact in wanted:
            yield _said(word, text)
    for word, text in (("Simpan", facts.storage), ("Setelah dibuka", facts.after_opening)):
        if text:
            yield _said(word, text)


def _net(net: str) -> Line:
    """Net contents in the units of the law; only what is weighed has a weight."""
    text = net.replace(" liter", " L")
    unit = text.rpartition(" ")[2]
    word = "Berat bersih" if unit in ("g", "kg") else "Isi bersih"
    return _said(word, text)


def _marks(facts: LabelFacts) -> Iterator[Line]:
    wanted = RULE_SETS[facts.goods].mandatory
    if facts.best_before or Fact.EXPIRY in wanted:
        last = facts.best_before
        yield Line("Baik digunakan sebelum", (Run(last, strong=True),) if last else ())
    if facts.batch_code or Fact.BATCH in wanted:
        yield _said("Kode produksi", facts.batch_code)
    if facts.produced_on:
        yield _said("Tanggal produksi", facts.produced_on.strftime("%d-%m-%Y"))
    for permit in facts.permits:
        yield _said("", f"{permit.kind.label} {permit.number}")
    if not facts.permits and Fact.PERMIT in wanted:
        yield _said("Nomor izin edar", "")
    if facts.shows_halal:
        yield Line("", (Run("HALAL", strong=True), Run(f" {facts.halal_number}")))
    elif facts.halal is HalalState.NOT_HALAL:
        yield Line("", (Run("TIDAK HALAL", strong=True),))


def _makers(facts: LabelFacts) -> Iterator[Line]:
    place = (
        facts.village,
        f"Kec. {facts.district}" if facts.district else "",
        facts.regency,
        f"{facts.province} {facts.postcode or ''}".strip(),
        "Indonesia",
    )
    who = facts.brand or facts.cooperative
    yield _said("Diproduksi oleh", ", ".join(part for part in (who, *place) if part))
    if facts.brand:
        yield _said("Dipasarkan oleh", facts.cooperative)


def _said(word: str, text: str | None) -> Line:
    return Line(word, (Run(text),) if text else ())


# ------------------------------------------------------------------ what the paper takes


def as_data(text: LabelText) -> dict[str, object]:
    """The same as ``label.typ`` reads it, with the longest words that it has to measure."""
    written = asdict(text)
    for key in ("about", "marks", "makers"):
        written[key] = [_breakable(line) for line in getattr(text, key)]
    written["net"] = _breakable(text.net)
    written["brand"], written["name"] = broken(text.brand), broken(text.name)
    written["words"] = _longest((text.brand, *_texts((*text.about, *text.makers))))
    written["name_words"] = _longest([text.name])
    written["mark_words"] = _longest(_texts(text.marks))
    return written


def broken(text: str) -> str:
    """The text with places to break where a word has no end in sight; they cannot be seen."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", lambda found: f"{found[0]}\u200b", text)


def _breakable(line: Line) -> dict[str, object]:
    runs = [{"text": broken(run.text), "strong": run.strong} for run in line.runs]
    return {"word": line.word, "runs": runs}


def _texts(lines: Iterable[Line]) -> list[str]:
    return [text for line in lines for text in (line.word, line.text)]


def _longest(texts: Iterable[str], maximum: int = 8) -> list[str]:
    """The longest words, which decide whether a line can hold them uncut."""
    words = {word[:LONGEST_WORD] for text in texts for word in text.split()}
    return sorted(words, key=lambda word: (-len(word), word))[:maximum]
