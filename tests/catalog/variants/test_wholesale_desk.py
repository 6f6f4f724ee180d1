"""Setting wholesale steps in a product's workspace: added, changed, stopped, and refused."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.products.edit_context import ProductToEdit, product_for
from shop.catalog.products.errors import StepsMoved
from shop.catalog.products.models import Product, WholesaleStep
from shop.catalog.variants import wholesale_prices
from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Role
from shop.services.audit.models import AuditEvent
from tests.factories import NOON, Goods, make_goods, make_person, make_seat
from tests.support.at_once import together
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

WRONG: list[tuple[list[tuple[str, str]], str]] = [
    ([("1", "40rb")], "Tulis angka bulat dari 2 sampai"),
    ([("2,5", "40rb")], "Tulis angka bulat dari 2 sampai"),
    ([("dua belas", "40rb")], "Tulis angka bulat dari 2 sampai"),
    ([("12", "")], "Tulis harga satuannya, misalnya 22rb."),
    ([("", "40rb")], "Tulis mulai dari berapa, misalnya 12."),
    ([("12", "0")], "Tulis harga dari Rp1"),
    ([("12", "-5")], "tidak bisa kurang dari nol"),
    ([("12", "45rb")], "Harga satuan biasa Rp45.000. Tulis harga di bawahnya."),
    ([("12", "42rb"), ("12", "41rb")], "Mulai dari 12 sudah ada di baris lain."),
    ([("24", "42rb"), ("12", "42rb")], "Mulai dari 12 harganya sudah Rp42.000."),
    ([(str(n), str(44_000 - n)) for n in range(10, 17)], "Paling banyak 6 harga grosir."),
]
"""What is typed, and the sentence beside it."""


@pytest.fixture
def coffee(db: Database, client: Visitor, asih: Person) -> Goods:
    """Bu Asih's coffee, and Bu Asih at her phone."""
    goods = make_goods(db, maker=asih, price=45_000, on_hand=70)
    sign_in(client, db, asih)
    return goods


def page_of(goods: Goods) -> str:
    return f"/lapak/produk/{goods.sku}/grosir"


def form(seen: str, *rows: tuple[str, str]) -> dict[str, str]:
    data = {"tadi": seen}
    for number, (minimum, price) in enumerate(rows):
        data |= {f"baris-{number}-mulai": minimum, f"baris-{number}-harga": price}
    return data


def steps(db: Database, goods: Goods) -> dict[int, int]:
    with db.reading() as session:
        rows = session.scalars(
            select(WholesaleStep).where(WholesaleStep.product_id == goods.product_id)
        )
        return {row.least_packs: row.unit_price for row in rows}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_steps_are_added_changed_and_stopped_and_shoppers_see_them(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    assert 'name="baris-1-harga"' in client.get(page_of(coffee)).text
    rows = [("12", "42rb"), ("24", "Rp 40.000"), ("", "")]
    assert client.post(page_of(coffee), data=form("", *rows)).status_code == 303
    assert steps(db, coffee) == {12: 42_000, 24: 40_000}
    page = client.get(page_of(coffee))
    assert Markup.of(page.text).faults == []
    assert "Rp38.640" in page.text  # of 42.000, when eight per cent stay with the cooperative

    rows = [("12", "41.000"), ("", "")]
    assert client.post(page_of(coffee), data=form("12:42000 24:40000", *rows)).status_code == 303
    assert steps(db, coffee) == {12: 41_000}
    assert client.post(page_of(coffee), data=form("12:41000", ("", ""))).status_code == 303
    assert steps(db, coffee) == {}
    with db.reading() as session:
        told = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.steps_changed")
        ).all()
    assert [(one.before, one.after) for one in told] == [
        ({"steps": ""}, {"steps": "12:42000 24:40000"}),
        ({"steps": "12:42000 24:40000"}, {"steps": "12:41000"}),
        ({"steps": "12:41000"}, {"steps": ""}),
    ]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_same_again_writes_nothing(client: Visitor, db: Database, coffee: Goods) -> None:
    client.post(page_of(coffee), data=form("", ("12", "42000")))
    client.post(page_of(coffee), data=form("12:42000", ("12", "42000")))
    with db.reading() as session:
        told = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "product.steps_changed")
        )
        assert len(told.all()) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_wrong_step_keeps_what_was_typed_and_says_what_a_right_one_is(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    for rows, sentence in WRONG:
        answer = client.post(page_of(coffee), data=form("", *rows))
        assert answer.status_code == 422, rows
        assert sentence in answer.text
        for minimum, price in rows:
            assert f'value="{minimum}"' in answer.text
            assert f'value="{price}"' in answer.text
        assert Markup.of(answer.text).faults == []
    assert steps(db, coffee) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_step_starts_above_the_smallest_order(
    client: Visitor, db: Database, asih: Person
) -> None:
    goods = make_goods(db, maker=asih, price=45_000)
    with db.writing() as session:
        session.get_one(Product, goods.product_id).least_packs = 6
    sign_in(client, db, asih)
    answer = client.post(page_of(goods), data=form("", ("6", "40rb")))
    assert "Pesanan paling sedikit sudah 6. Tulis 7 atau lebih." in answer.text
    assert client.post(page_of(goods), data=form("", ("7", "40rb"))).status_code == 303


@pytest.mark.only_on("sqlite", because=PAGES)
def test_steps_that_others_changed_meanwhile_are_shown_first(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    client.post(page_of(coffee), data=form("", ("12", "42000")))
    late = client.post(page_of(coffee), data=form("", ("20", "39000")))
    assert late.status_code == 422
    assert "baru saja diubah orang lain" in late.text
    assert 'value="39000"' in late.text
    assert steps(db, coffee) == {12: 42_000}
    # Whoever has seen them may go on.
    again = client.post(page_of(coffee), data=form("12:42000", ("20", "39000")))
    assert again.status_code == 303
    assert steps(db, coffee) == {20: 39_000}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_managers_act_for_the_maker_the_supervisor_looks_and_others_do_not_get_in(
    client: Visitor, db: Database, coffee: Goods
) -> None:
    for name, role, look, change in (
        ("Bu Wati", Role.MANAJER, 200, 303),
        ("Pak Eko", Role.PENGAWAS, 200, 403),
        ("Joko", None, 404, 404),
    ):
        person = make_person(db, name)
        if role is not None:
            make_seat(db, coffee.cooperative, person, role)
        client.post("/keluar")
        sign_in(client, db, person)
        assert client.get(page_of(coffee)).status_code == look
        assert client.post(page_of(coffee), data=form("", ("12", "42rb"))).status_code == change
    assert steps(db, coffee) == {12: 42_000}


def product(db: Database, goods: Goods, person: Person) -> ProductToEdit:
    with db.reading() as session:
        found = product_for(session, person.id, goods.sku)
    assert found is not None
    return found


def save(db: Database, found: ProductToEdit, wanted: dict[int, int]) -> bool:
    return db.write(
        lambda session: wholesale_prices.set_steps(session, found, steps=wanted, seen="", now=NOON)
    )


def test_of_two_who_save_at_once_one_is_told(db: Database, asih: Person) -> None:
    goods = make_goods(db, maker=asih, price=45_000)
    found = product(db, goods, asih)
    works = [partial(save, db, found, {10 + number: 40_000}) for number in range(6)]
    results = together(*works)
    assert sorted(type(one).__name__ for one in results) == ["StepsMoved"] * 5 + ["bool"]
    assert len(steps(db, goods)) == 1


def test_without_the_look_under_the_lock_the_last_takes_all(
    db: Database, asih: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whoever believes the page they saw throws away what came since."""
    goods = make_goods(db, maker=asih, price=45_000)
    found = product(db, goods, asih)
    save(db, found, {10: 40_000})
    with pytest.raises(StepsMoved):
        save(db, found, {11: 40_000})
    monkeypatch.setattr(wholesale_prices, "_steps", lambda *_args: {})
    save(db, found, {11: 40_000})
    assert steps(db, goods) == {11: 40_000}
