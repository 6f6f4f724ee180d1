"""The first pages of desks and the member's own pages: charts with their tables, own data only."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.sales.orders.models import Order, OrderLine, Purchase
from tests.support.customer import Customer, InProcess
from tests.support.databases import Templates
from tests.support.engines import PAGES, Engine
from tests.support.inside import shop_app
from tests.support.trade import sign_in
from tests.support.whole_market import lived_market

if TYPE_CHECKING:
    from flask import Flask

MEMBER_PAGES = ("/lapak", "/lapak/produk", "/lapak/siapkan", "/lapak/pendapatan")
MANAGER, TREASURER, SUPERVISOR = (
    f"{office}@bgl.koperasi.example" for office in ("pengelola", "bendahara", "pengawas")
)
DESK = "/kelola/bambu-embun-kaldera"

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture
def lived_url(templates: Templates, engine: Engine) -> Iterator[str]:
    with lived_market(templates, engine) as url:
        yield url


@pytest.fixture
def lived(lived_url: str) -> Iterator[Database]:
    database = Database(lived_url)
    yield database
    database.dispose()


@pytest.fixture
def lived_app(lived_url: str, var_dir: Path) -> Iterator["Flask"]:
    with shop_app(lived_url, var_dir) as app:
        yield app


def enter(app: "Flask", login: str) -> Customer:
    customer = Customer(InProcess(app))
    sign_in(customer, login)
    return customer


def test_a_chart_and_its_table_say_the_same(lived_app: "Flask") -> None:
    page = enter(lived_app, MANAGER).go(DESK).markup
    chart = next(one for one in page.all("svg") if "chart--bars" in one.attrs.get("class", ""))
    assert chart.attrs["role"] == "img"
    assert chart.attrs["aria-label"].startswith("Penjualan per bulan")
    assert "style" not in {name for one in page.all("rect") for name in one.attrs}
    drawn = [one.text for one in page.all("title") if ": Rp" in one.text]
    table = page.all("table")[0].text
    assert len(drawn) >= 6
    for words in drawn:
        month, _, amount = words.partition(": ")
        assert month in table
        assert amount in table


@pytest.mark.parametrize("who", [MANAGER, TREASURER, SUPERVISOR])
def test_the_desk_begins_with_its_figures(lived_app: "Flask", who: str) -> None:
    page = enter(lived_app, who).go(DESK)
    assert page.status == 200
    assert "Penjualan per bulan" in page.words
    assert "Paling laris" in page.words


def test_the_operator_sees_all_cooperatives_together(lived_app: "Flask") -> None:
    words = enter(lived_app, "operator@lumbung.example").go("/operator").words
    for wanted in ("Titipan pembeli", "Penjualan semua koperasi per bulan", "Transfer bank"):
        assert wanted in words
    assert "Kartu yang perlu dilihat (" in words


def test_the_operators_messages_stand_on_the_operators_desk(lived_app: "Flask") -> None:
    page = enter(lived_app, "operator@lumbung.example").go("/operator/kabar").text
    assert "Meja operator" in page
    assert "Meja pengurus" not in page


def test_a_member_finds_the_way_to_their_own_pages(lived_app: "Flask") -> None:
    member = enter(lived_app, "gyo-m01@anggota.example")
    links = [one.attrs.get("href") for one in member.go("/akun").markup.all("a")]
    assert "/lapak" in links
    for path in MEMBER_PAGES:
        assert member.go(path).status == 200


@pytest.mark.parametrize("path", MEMBER_PAGES)
@pytest.mark.parametrize(
    "who", [MANAGER, TREASURER, SUPERVISOR, "operator@lumbung.example", "sari@pembeli.example"]
)
def test_for_who_is_no_member_these_pages_do_not_exist(
    lived_app: "Flask", who: str, path: str
) -> None:
    assert enter(lived_app, who).go(path).status == 404


def test_whoever_is_not_signed_in_is_asked_to(lived_app: "Flask") -> None:
    assert Customer(InProcess(lived_app)).go("/lapak").path.startswith("/masuk")


def test_another_cooperative_cannot_be_chosen_by_its_address(lived_app: "Flask") -> None:
    member = enter(lived_app, "gyo-m01@anggota.example")
    assert member.go("/lapak?koperasi=embun-takengon-bersemi").status == 200
    assert member.go("/lapak?koperasi=bambu-embun-kaldera").status == 404


def test_a_member_sees_own_goods_and_no_buyer(lived: Database, lived_app: "Flask") -> None:
    with lived.reading() as session:
        code = session.scalars(
            select(Member.code)
            .join(OrderLine, OrderLine.member_id == Member.id)
            .join(Cooperative, Cooperative.id == Member.cooperative_id)
            .where(Cooperative.code == "BGL")
            .limit(1)
        ).one()
        mine = session.scalars(
            select(Product.name)
            .join(Member, Member.id == Product.member_id)
            .where(Member.code == code)
        ).all()
        others = session.scalars(
            select(Product.name)
            .join(Member, Member.id == Product.member_id)
            .where(Member.code != code)
        ).all()
        buyers = session.execute(
            select(Contact.name, Contact.phone)
            .join(Purchase, Purchase.contact_id == Contact.id)
            .join(Order, Order.purchase_id == Purchase.id)
        ).all()
    member = enter(lived_app, f"{code.lower()}@anggota.example")
    words = " ".join(member.go(path).text for path in MEMBER_PAGES)
    assert all(name in words for name in mine)
    assert [name for name in others if name in words] == []
    for name, phone in buyers:
        assert name not in words
        assert (phone or "").removeprefix("+62") not in words
