"""What expires soon: for the desk, while packs lie on the shelf."""

from datetime import date, timedelta

import pytest

from shop.catalog.packaging.batches import add_batch
from shop.catalog.permits.expiring_batches import count_expiring, expiring
from shop.catalog.products.models import Variant
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import Role
from tests.catalog.conftest import AddGoods
from tests.factories import NOON, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

TODAY = date(2026, 11, 23)


def made(db: Database, product_id: int, code: str, last_day: date) -> None:
    with db.writing() as session:
        variant = session.query(Variant).filter_by(product_id=product_id).first()
        assert variant is not None
        add_batch(
            session,
            product_id=product_id,
            variant_id=variant.id,
            code=code,
            produced_on=last_day - timedelta(days=60),
            last_day=last_day,
            now=NOON,
        )


def codes(db: Database, cooperative: Cooperative, after: str | None = None) -> list[str]:
    with db.reading() as session:
        page = expiring(session, TODAY, cooperative_id=cooperative.id, after=after)
    return [batch.code for batch in page.rows]


def test_what_ends_first_stands_first_and_what_keeps_is_not_listed(
    db: Database, gayo: Cooperative, add: AddGoods
) -> None:
    product_id = add()
    for code, days in (("NANTI", 61), ("KEDUA", 60), ("LEWAT", -1), ("LAMA", -181), ("KINI", 0)):
        made(db, product_id, code, TODAY + timedelta(days=days))
    assert codes(db, gayo) == ["LEWAT", "KINI", "KEDUA"]
    with db.reading() as session:
        assert count_expiring(session, gayo.id, TODAY) == 3
        over = expiring(session, TODAY, cooperative_id=gayo.id).rows[0]
    assert (over.days_left, over.best_before) == (-1, "22-11-2026")


def test_what_was_sold_out_needs_no_eye(db: Database, gayo: Cooperative, add: AddGoods) -> None:
    made(db, add(on_hand=0), "HABIS", TODAY)
    assert codes(db, gayo) == []


def test_a_member_sees_only_what_is_theirs(
    db: Database, maker: Member, gayo: Cooperative, add: AddGoods
) -> None:
    made(db, add(), "SAYA", TODAY)
    with db.reading() as session:
        mine = expiring(session, TODAY, member_id=maker.id).rows
        others = expiring(session, TODAY, member_id=maker.id + 1).rows
    assert [batch.code for batch in mine] == ["SAYA"]
    assert others == ()


@pytest.fixture
def wati(db: Database, client: Visitor, gayo: Cooperative) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, gayo, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_desks_list_costs_the_same_for_two_and_for_twenty(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id, costs = add(), []
    for number in range(20):
        last_day = day_in(HOME_ZONE, clock.now()) + timedelta(days=number)
        made(db, product_id, f"KODE{number}", last_day)
        if number in (1, 19):
            with statements(db) as seen:
                page = wati.get("/kelola/koperasi-gyo/kedaluwarsa").text
            assert Markup.of(page).faults == []
            assert f"KODE{number}" in page
            costs.append(len(seen))
    assert costs[0] == costs[1]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_day_of_a_cursor_that_is_none_shows_the_first_page(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    for odd in ("x", "WyJ4IiwxXQ", "a" * 500):
        assert wati.get(f"/kelola/koperasi-gyo/kedaluwarsa?setelah={odd}").status_code == 200
