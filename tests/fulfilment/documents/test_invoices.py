"""Invoices at acceptance, credit notes afterwards: numbers, sums, and that they never change."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS
from shop.fulfilment.documents import jobs
from shop.fulfilment.documents.actions import issue_invoice
from shop.fulfilment.documents.invariants import verify
from shop.fulfilment.documents.models import BuyerIdentity, DocumentCounter, IssuedDocument
from shop.fulfilment.documents.rules import DocumentKind, credit_note_of, invoice_of
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.events import on_accepted
from shop.fulfilment.orders.rules import Reason, Shortfall, given_back
from shop.sales.orders.rules import freeze_line, refund_of
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of


@pytest.fixture
def kopi(db: Database) -> Goods:
    assert issue_invoice in on_accepted  # documents follow, as in the running shop
    return make_goods(db, price=45_000, on_hand=20)


@pytest.fixture
def desk(db: Database, kopi: Goods) -> Desk:
    return Desk(db, kopi.cooperative.id)


def issued(db: Database) -> list[IssuedDocument]:
    with db.reading() as session:
        return list(session.scalars(select(IssuedDocument).order_by(IssuedDocument.id)))


def test_an_accepted_order_has_an_invoice_over_what_was_paid(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 3}).numbers[0]
    desk.accept_all(number)
    (invoice,) = issued(db)
    assert invoice.number == "INV/GYO/2026/11/000001"
    assert invoice.facts["total"] == order_of(db, number).total == 3 * 45_000 + 12_000
    assert invoice.facts["words"] == "seratus empat puluh tujuh ribu rupiah"
    assert invoice.facts["ppn"] == 0
    assert "Sari" not in str(invoice.facts)
    with db.reading() as session:
        assert session.scalars(select(BuyerIdentity.name)).all() == ["Sari"]


def test_what_was_not_there_is_neither_on_the_invoice_nor_on_a_credit_note(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 3}).numbers[0]
    (line,) = lines_of(db, number)
    desk.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={line.id: 2},
            shortfalls={line.id: Shortfall(Reason.SHORT, left_on_shelf=0)},
            now=NOON,
        ),
    )
    (invoice,) = issued(db)
    order = order_of(db, number)
    assert invoice.facts["total"] == order.total - order.refunded == 2 * 45_000 + 12_000


def test_a_refused_order_takes_no_number(db: Database, kopi: Goods, desk: Desk) -> None:
    refused, accepted = (make_paid(db, {kopi: 1}).numbers[0] for _ in range(2))
    desk.do(refused, lambda s, order: actions.refuse(s, order, reason=Reason.SHORT, now=NOON))
    desk.accept_all(accepted)
    assert [one.number for one in issued(db)] == ["INV/GYO/2026/11/000001"]


def test_money_that_goes_back_later_is_a_credit_note_of_the_invoice(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    desk.accept_all(number)
    desk.do(number, lambda s, order: actions.cancel(s, order, reason=Reason.DAMAGED, now=NOON))
    invoice, note = issued(db)
    assert note.kind is DocumentKind.CREDIT_NOTE
    assert note.number == "NK/GYO/2026/11/000001"
    assert note.facts["about"] == invoice.number
    assert note.facts["total"] == invoice.facts["total"]
    assert note.facts["delivery"] == 12_000


def test_numbers_begin_anew_with_the_year_and_each_cooperative(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    madu = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), on_hand=5)
    for goods, now in ((kopi, NOON), (madu, NOON), (kopi, NOON + 60 * DAY)):
        number = make_paid(db, {goods: 1}, now=now).numbers[0]
        Desk(db, goods.cooperative.id).accept_all(number, now)
    assert [one.number for one in issued(db)] == [
        "INV/GYO/2026/11/000001",
        "INV/KPS/2026/11/000001",
        "INV/GYO/2027/01/000001",
    ]


def test_a_number_that_is_missing_is_found(db: Database, kopi: Goods, desk: Desk) -> None:
    desk.accept_all(make_paid(db, {kopi: 1}).numbers[0])
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())
    with db.writing() as session:
        session.execute(update(DocumentCounter).values(last=3))
    desk.accept_all(make_paid(db, {kopi: 1}).numbers[0])
    with db.reading() as session:
        assert [name for name, check in verify(session).items() if not check.ok] == [
            "document_numbers_have_no_gaps"
        ]


def test_what_was_issued_never_changes(db: Database, kopi: Goods, desk: Desk) -> None:
    desk.accept_all(make_paid(db, {kopi: 1}).numbers[0])
    for statement in (update(IssuedDocument).values(year=1), text("DELETE FROM issued_documents")):
        with pytest.raises(DBAPIError, match="only grows"), db.writing() as session:
            session.execute(statement)


def test_the_buyer_is_forgotten_when_the_time_is_over_and_not_before(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    desk.accept_all(make_paid(db, {kopi: 1}).numbers[0])
    jobs.purge_identities(db, NOON + 10 * 365 * DAY)
    with db.reading() as session:
        assert session.scalars(select(BuyerIdentity.name)).all() == ["Sari"]
    jobs.purge_identities(db, NOON + 11 * 366 * DAY)
    with db.reading() as session:
        assert session.execute(select(BuyerIdentity.name, BuyerIdentity.address)).all() == [
            (None, None)
        ]
    assert len(issued(db)) == 1


def test_an_invoice_of_a_pkp_seller_tells_the_tax_inside(db: Database) -> None:
    goods = make_goods(db, make_cooperative(db, is_pkp=True), price=100_000, on_hand=5)
    Desk(db, goods.cooperative.id).accept_all(make_paid(db, {goods: 1}).numbers[0])
    (invoice,) = issued(db)
    assert invoice.facts["ppn"] == 9_910  # inclusive 100,000
    assert invoice.facts["tax_base"] == 82_583  # 11/12 of 90,090


@dataclass
class Line:
    """A sold line, frozen as the shop does it."""

    id: int
    packs: int
    unit_price: int
    discount: int
    accepted: int
    member_share: int = 0
    parts: dict[str, Any] = field(default_factory=dict)
    name: str = "Kopi"
    variant_name: str = ""
    net_label: str = ""
    sku: str = "GYO-001"
    refunded: int = 0
    pph22: int = 0


@st.composite
def sold(draw: st.DrawFn) -> list[Line]:
    lines = []
    for place in range(draw(st.integers(1, 4))):
        packs, price = draw(st.integers(1, 9)), draw(st.integers(1, 300_000))
        discount = draw(st.integers(0, packs * price))
        shares = freeze_line(
            packs * price, contribution_bp=800, is_pkp=True, figures=DEFAULTS, discount=discount
        )
        accepted = draw(st.integers(0, packs))
        lines.append(
            Line(
                place,
                packs,
                price,
                discount,
                accepted,
                shares.member_share,
                dict(shares.parts),
                refunded=packs - accepted,
            )
        )
    return lines


@given(sold(), st.integers(0, 200_000), st.data())
def test_an_invoice_less_its_credit_notes_is_what_the_shopper_keeps_paying_for(
    lines: list[Line], delivery: int, data: st.DataObject
) -> None:
    invoice = invoice_of(lines, delivery, is_pkp=True, figures=DEFAULTS)
    assert invoice.total == invoice.goods - invoice.discount + invoice.delivery
    assert invoice.total == sum(line["sum"] for line in invoice.lines) + delivery
    # 11/111 of what the shopper pays, to the nearest rupiah.
    assert abs(111 * invoice.ppn - 11 * (invoice.total - delivery)) <= 56
    left: int = invoice.total
    for line in lines:
        more = data.draw(st.integers(0, line.packs - line.refunded))
        units = given_back(line.packs, line.refunded, more)
        line.refunded += more
        note = credit_note_of(
            [line], refund_of(line, units), {line.id: more}, is_pkp=True, figures=DEFAULTS
        )
        assert note.delivery == 0
        assert sum(one["packs"] for one in note.lines) == more
        left -= note.total
    kept = sum(refund_of(line, range(1, line.packs - line.refunded + 1)) for line in lines)
    assert left == kept + delivery
