"""The most specific fee wins, from its day on, and is shown before it holds."""

from datetime import timedelta

import pytest
from flask import Flask

from shop.catalog.products.rules import price_split
from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.sales.fees.actions import set_fee
from shop.sales.fees.errors import FeeInThePast
from shop.sales.fees.manage import Example
from shop.sales.fees.queries import fees_set
from shop.sales.fees.rules import fee_rate_for
from tests.factories import NOON
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.trade import sign_in

TODAY = NOON.date()
GAYO, KINTAMANI = 1, 2


def fee(
    db: Database,
    bp: int | None,
    cooperative: int | None = None,
    path: str | None = None,
    days: int = 0,
) -> None:
    with db.writing() as session:
        set_fee(
            session,
            cooperative_id=cooperative,
            category_path=path,
            since=TODAY + timedelta(days=days),
            fee_bp=bp,
            today=TODAY,
            now=NOON,
        )


def holds(db: Database, cooperative: int, path: str, days: int = 0) -> int:
    with db.reading() as session:
        return fee_rate_for(
            settings_by_date.settings_on(session, TODAY + timedelta(days=days)), cooperative, path
        )


def test_the_most_specific_fee_wins(db: Database) -> None:
    assert holds(db, GAYO, "minuman/kopi") == 300  # the default
    fee(db, 400)
    fee(db, 250, GAYO)
    fee(db, 200, GAYO, "minuman")
    fee(db, 100, GAYO, "minuman/kopi")
    assert holds(db, GAYO, "minuman/kopi") == 100
    assert holds(db, GAYO, "minuman/teh-wedang") == 200
    assert holds(db, GAYO, "batik-tenun/batik") == 250
    assert holds(db, KINTAMANI, "minuman/kopi") == 400


def test_a_fee_holds_from_its_day_on_and_ends_with_the_wider_one(db: Database) -> None:
    fee(db, 100, GAYO, days=7)
    fee(db, None, GAYO, days=14)
    assert [holds(db, GAYO, "minuman/kopi", days) for days in (6, 7, 13, 14)] == [
        300,
        100,
        100,
        300,
    ]


def test_a_second_fee_for_the_same_day_takes_the_place_of_the_first(db: Database) -> None:
    fee(db, 100, GAYO)
    fee(db, 150, GAYO)
    assert holds(db, GAYO, "minuman/kopi") == 150


def test_nobody_is_charged_afterwards(db: Database) -> None:
    with pytest.raises(FeeInThePast):
        fee(db, 900, days=-1)


def test_a_cooperative_reads_its_own_fees_and_everybodys_alone(db: Database) -> None:
    fee(db, 400)
    fee(db, 100, GAYO, "minuman")
    fee(db, 200, KINTAMANI)
    fee(db, 200, 11)  # begins like 1
    with db.reading() as session:
        own = [
            (one.cooperative_id, one.category_path, one.fee_bp) for one in fees_set(session, GAYO)
        ]
        assert sorted(own, key=str) == [(GAYO, "minuman", 100), (None, "", 400)]
        assert len(fees_set(session)) == 4


@pytest.fixture
def operator(market_app: Flask) -> Customer:
    found = Customer(InProcess(market_app))
    sign_in(found, "operator@lumbung.example")
    return found


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_fee_is_shown_on_the_example_before_it_holds(operator: Customer) -> None:
    operator.go("/operator/biaya")
    page = operator.press("Lihat contoh", {"persen": "7,5"})
    assert "biaya toko Rp1.875" in page.words
    assert "7,5 %" not in page.words.partition("Yang pernah dicatat")[2]
    page = operator.press("Simpan", {"persen": "7,5"})
    assert "Biaya tokonya dicatat." in page.words
    assert "7,5 %" in page.words.partition("Yang pernah dicatat")[2]


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"persen": "seratus"}, "misalnya 5 atau 7,5"),
        ({"persen": "101"}, "misalnya 5 atau 7,5"),
        ({"persen": ""}, "Tulis persennya"),
        ({"persen": "3", "mulai": "2020-01-01"}, "Pilih hari ini atau sesudahnya"),
        ({"persen": "3", "mulai": "besok"}, "Tulis tanggalnya"),
        ({"persen": "3", "kategori": "minuman"}, "Pilih satu koperasi dulu"),
    ],
)
def test_a_wrong_fee_says_what_a_right_one_looks_like(
    operator: Customer, typed: dict[str, str], said: str
) -> None:
    operator.go("/operator/biaya")
    page = operator.press("Simpan", typed)
    assert page.status == 422
    assert said in page.words


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_narrower_fee_is_ended_with_a_button(operator: Customer) -> None:
    operator.go("/operator/biaya")
    page = operator.press("Simpan", {"persen": "1", "koperasi": "1"})
    assert "1 %" in page.words.partition("Yang berlaku hari ini")[2]
    page = operator.press("Akhiri hari ini")
    assert page.markup.faults == []
    assert "biaya yang umum berlaku lagi" in page.text
    assert "ikut yang umum" in page.words
    assert "Akhiri hari ini" not in page.words
    token = ("csrf_token", dict(operator.page.forms[0].fields)["csrf_token"])
    for reach in ("", "platform_fee_bp", "platform_fee_bp:404", "x" * 400):
        assert operator.send("/operator/biaya/akhiri", [token, ("untuk", reach)]).status == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_example_counts_ppn_and_what_a_card_costs(operator: Customer) -> None:
    operator.go("/operator/biaya")
    shown = operator.press("Lihat contoh", {"persen": "3"}).words.partition("Wangi Cikuray")[2]
    shown = shown.partition("Contohnya nanti")[2]
    # 25.000 hold 2.477 of PPN; the shares, 91 to 9, and the fee are of the 22.523 without it.
    assert "anggota Rp20.496, biaya toko Rp676, kas koperasi Rp1.351." in shown
    assert "PPN di dalam harganya Rp2.477." in shown
    assert "biaya kartunya kira-kira Rp725, kas koperasi Rp626." in shown


def test_ppn_on_the_fee_is_the_cooperatives_to_pay() -> None:
    example = Example("Gayo", 300, price_split(25_000, 1_000, 300, 290, 2_477), Rupiah(74))
    assert (example.margin, example.margin_by_card) == (2_252 - 676 - 74, 2_252 - 676 - 74 - 725)
