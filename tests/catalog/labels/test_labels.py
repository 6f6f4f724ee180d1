"""A printed label says what the facts say, in letters that can be read, or it is not printed."""

import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.catalog.labels.actions import Pack, print_labels
from shop.catalog.labels.paper_sizes import BY_CODE, FORMATS, Format
from shop.catalog.labels.rules import broken, label_text, letter_height
from shop.catalog.labels.words import ON_PAPER
from shop.catalog.packaging.batches import BatchOnLabel
from shop.catalog.packaging.label_rules import LabelFacts, PermitOnLabel
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, Technique
from shop.core.values.units import Millimetres
from shop.services.pdf.errors import DoesNotFit
from tests.fulfilment.documents.paper import Sheet, sheets, without_space

CRISPS = LabelFacts(
    product_id=1,
    cooperative_id=1,
    sku="GRT-001",
    slug="keripik-singkong-balado",
    category_path="makanan-olahan/keripik",
    name="Keripik Singkong Balado",
    brand="Dapur Bu Rina",
    cooperative="Koperasi Produsen Garut Sejahtera",
    village="Sukamaju",
    district="Garut Kota",
    regency="Kabupaten Garut",
    province="Jawa Barat",
    postcode="44111",
    net="250 g",
    pack_type="Standing pouch foil, zipper",
    shelf_life_days=90,
    storage="Suhu ruang, tempat kering, tutup rapat",
    after_opening="Habiskan dalam 7 hari",
    ingredients="singkong 80%, minyak kelapa, cabai, gula, kecap, garam",
    allergens=("kedelai",),
    directions=None,
    care=None,
    technique=None,
    halal=HalalState.CERTIFIED,
    halal_number="ID32110000090010224",
    halal_claim=Claim.CHECKED,
    permits=(PermitOnLabel(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED),),
    batch_code="GRT261102A",
    produced_on=date(2026, 11, 2),
    best_before="31-01-2027",
)
PACK = Pack(1, "", 100, ())
LARGE = BY_CODE["a4-8"]


def printed(
    facts: LabelFacts,
    paper: Format = LARGE,
    *,
    pack: Pack = PACK,
    batch: BatchOnLabel | None = None,
    count: int = 1,
) -> list[Sheet]:
    return sheets(as_pdf(facts, paper, pack=pack, batch=batch, count=count))


def as_pdf(
    facts: LabelFacts,
    paper: Format = LARGE,
    *,
    pack: Pack = PACK,
    batch: BatchOnLabel | None = None,
    count: int = 1,
) -> bytes:
    return print_labels(
        facts,
        pack,
        paper,
        batch=batch,
        count=count,
        story_url="https://lumbung.example/cerita/keripik-singkong-balado",
        missing_words=ON_PAPER,
    )


@pytest.mark.parametrize("paper", FORMATS, ids=lambda one: one.code)
def test_every_fact_stands_on_the_label_whatever_the_paper(paper: Format) -> None:
    (sheet,) = printed(CRISPS, paper)
    signs = without_space(sheet.text)
    for said in (
        "Dapur Bu Rina",
        "Keripik Singkong Balado",
        "Komposisi: singkong 80%, minyak kelapa, cabai, gula, kecap, garam",
        "Mengandung alergen: kedelai",
        "Simpan: Suhu ruang, tempat kering, tutup rapat",
        "Berat bersih: 250 g",
        "Baik digunakan sebelum: 31-01-2027",
        "Kode produksi: GRT261102A",
        "Tanggal produksi: 02-11-2026",
        "P-IRT 2063205010072-29",
        "HALAL ID32110000090010224",
        "Diproduksi oleh: Dapur Bu Rina, Sukamaju, Kec. Garut Kota, Kabupaten Garut,"
        " Jawa Barat 44111, Indonesia",
        "Dipasarkan oleh: Koperasi Produsen Garut Sejahtera",
    ):
        assert without_space(said) in signs, said
    assert "CONTOH" not in sheet.text


@pytest.mark.parametrize("paper", FORMATS, ids=lambda one: one.code)
def test_no_letter_is_too_small_or_leaves_its_label(paper: Format) -> None:
    (sheet,) = printed(CRISPS, paper)
    assert min(one.o_height for one in sheet.letters) >= 0.999
    edge = paper.edge - 1  # what hangs below a line, such as a "g"
    for one in sheet.letters:
        assert edge <= one.left
        assert one.right <= min(paper.width, sheet.width) - edge
        assert one.bottom >= edge or paper.rows > 1
    if paper.height is not None:
        tall = max(one.top for one in sheet.letters) - min(one.bottom for one in sheet.letters)
        assert tall <= paper.height - 2 * edge


def test_allergens_are_bold_and_the_rest_is_not() -> None:
    (sheet,) = printed(CRISPS)
    fonts = "".join("b" if "Bold" in one.font else "r" for one in sheet.letters)
    signs = "".join(one.text for one in sheet.letters)

    def looks(words: str) -> set[str]:
        at = signs.index(without_space(words))
        return set(fonts[at : at + len(without_space(words))])

    assert looks("kecap") == looks("Mengandung alergen: kedelai") == {"b"}
    assert looks("singkong 80%, minyak kelapa, cabai, gula,") == {"r"}


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        ({"halal_claim": Claim.CLAIMED}, "P-IRT", "HALAL"),
        ({"halal_claim": Claim.LAPSED}, "P-IRT", "HALAL"),
        ({"halal": HalalState.NOT_HALAL, "halal_number": None}, "TIDAKHALAL", "HALALID"),
        ({"ingredients": "daging babi, garam"}, "MENGANDUNGBABI", "HALALID"),
        ({"net": "1 liter"}, "Isibersih:1L", "liter"),
        ({"brand": None}, "Diproduksioleh:KoperasiProdusenGarut", "Dipasarkan"),
    ],
)
def test_a_label_claims_only_what_holds(changed: dict[str, object], said: str, unsaid: str) -> None:
    (sheet, *more) = printed(replace(CRISPS, **changed))  # type: ignore[arg-type]  # by name
    signs = without_space(" ".join(one.text for one in (sheet, *more)))
    assert said in signs
    assert unsaid not in signs


def test_a_missing_fact_makes_it_a_sample_and_the_list_comes_first() -> None:
    lacking = replace(CRISPS, batch_code=None, permits=(), net="")
    first, second = printed(lacking, count=8)
    assert "CONTOH – BELUM LENGKAP" in first.text
    for word in ("kode produksi", "nomor izin edar", "isi bersih"):
        assert word in first.text
    assert second.text.count("CONTOH – BELUM LENGKAP") == 8
    assert second.text.count("…………") == 8 * 3


def test_a_batch_brings_its_own_code_and_days() -> None:
    batch = BatchOnLabel(
        batch_id=1,
        variant_id=1,
        code="GRT270105B",
        produced_on=date(2027, 1, 5),
        last_day=date(2027, 4, 5),
        best_before="05-04-2027",
    )
    (sheet,) = printed(CRISPS, batch=batch)
    assert "GRT270105B" in sheet.text
    assert "05-04-2027" in sheet.text
    assert "GRT261102A" not in sheet.text
    assert "31-01-2027" not in sheet.text


def test_batik_says_its_technique_and_no_expiry() -> None:
    cloth = replace(
        CRISPS,
        category_path="batik-tenun/batik",
        ingredients="100% katun",
        allergens=(),
        technique=Technique.WRITTEN,
        care="Cuci tangan dengan lerak",
        permits=(),
        halal=None,
        net="1 lembar",
        batch_code=None,
        produced_on=None,
        best_before=None,
    )
    (sheet,) = printed(cloth)
    assert "Teknik: tulis" in sheet.text
    assert "Serat: 100% katun" in sheet.text
    assert "Perawatan: Cuci tangan" in sheet.text
    assert "Isi bersih: 1 lembar" in sheet.text
    assert "Baik digunakan" not in sheet.text
    assert "CONTOH" not in sheet.text


@pytest.mark.parametrize("count", [1, 7, 8, 9, 24])
def test_as_many_labels_as_wanted_are_printed(count: int) -> None:
    found = printed(CRISPS, count=count)
    assert len(found) == -(-count // 8)
    assert sum(one.text.count("GRT261102A") for one in found) == count


def test_a_roll_has_a_label_a_page() -> None:
    found = printed(CRISPS, BY_CODE["rol-58"], count=3)
    assert [int(one.width + 0.5) for one in found] == [58, 58, 58]


@pytest.mark.parametrize("paper", FORMATS, ids=lambda one: one.code)
def test_a_text_too_long_is_refused_and_never_cut(paper: Format) -> None:
    endless = ", ".join(f"bahan nomor {number}" for number in range(2_000))
    with pytest.raises(DoesNotFit):
        printed(replace(CRISPS, ingredients=endless), paper)


def test_a_word_without_end_is_broken_not_cut() -> None:
    word = "singkong" * 30
    (sheet,) = printed(replace(CRISPS, ingredients=word))
    assert word in without_space(sheet.text)
    assert max(one.right for one in sheet.letters) <= LARGE.width


@pytest.mark.parametrize(
    "typed", ["#panic()", "$x$", "*tebal* _miring_", '"}, {"', "\\", "@a <b> [c]", "// habis"]
)
def test_what_a_person_typed_is_never_a_command(typed: str) -> None:
    (sheet,) = printed(replace(CRISPS, ingredients=typed))
    assert without_space(f"Komposisi: {typed}") in without_space(sheet.text)


def test_twenty_four_labels_take_half_a_second_at_most() -> None:
    # Of a processor: what else the machine does is no fault of the label.
    spent = []
    for code in ("GRT1", "GRT2", "GRT3"):
        begun = processor_seconds()
        as_pdf(replace(CRISPS, batch_code=code), BY_CODE["a4-24"], count=24)
        spent.append(processor_seconds() - begun)
    assert 0 < min(spent) <= 0.5


def processor_seconds() -> float:
    """Of this process and those that printed for it."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


@pytest.mark.parametrize(
    ("sides", "letter"),
    [((30, 30, 20), 75), ((40, 25, 10), 75), ((40, 26, 10), 100), ((10, 40, 26), 100)],
)
def test_a_tiny_pack_may_have_smaller_letters(sides: tuple[int, ...], letter: int) -> None:
    assert letter_height(*map(Millimetres, sides)) == letter
    (sheet,) = printed(CRISPS, BY_CODE["a4-24"], pack=Pack(1, "", letter, ()))
    assert min(one.o_height for one in sheet.letters) >= letter / 100 - 0.001


@given(st.text(max_size=200))
def test_breaking_adds_no_letter_and_takes_none_away(text: str) -> None:
    assert broken(text).replace("\u200b", "") == text.replace("\u200b", "")
    assert all(len(word) <= 24 for part in broken(text).split() for word in part.split("\u200b"))


@settings(max_examples=20)
@given(
    name=st.text("abc ÀÉ&<#$\\\"'", min_size=1, max_size=60),
    ingredients=st.text("abcdefgh ,%#[]{}$*_", max_size=400),
)
def test_whatever_is_typed_is_printed_whole_or_refused(name: str, ingredients: str) -> None:
    facts = replace(CRISPS, name=name, ingredients=ingredients)
    try:
        found = printed(facts, BY_CODE["a4-24"])
    except DoesNotFit:
        return
    signs = without_space(found[-1].text)
    for line in label_text(facts).about:
        assert without_space(line.text) in signs
