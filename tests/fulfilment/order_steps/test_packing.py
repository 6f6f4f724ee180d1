"""The real box at packing: who gains, who bears, and that the money stays whole (rule R17)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, get_ident

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres
from shop.fulfilment.order_steps import actions, packing
from shop.fulfilment.orders.errors import AlreadyWeighed, NoRate, WrongWay
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import MIN_FREIGHT_BACK_RUPIAH, Reason, settle_freight
from shop.payments.bills.models import Refund
from shop.payments.bills.refunds import request_refund
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, PackedBox
from shop.sales.orders.rules import DeliveryKind, QuoteSnapshot
from shop.shipping.places.models import Region
from shop.shipping.rates.models import RateCard
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from shop.shipping.rates.rules import Unit
from tests.aftersales.giving import finish
from tests.factories import NOON, Goods
from tests.fulfilment.paid import Desk, broken, make_paid, order_of, paid_by, refunds
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")

A_KILO = 12_000


def box(grams: int, side_mm: int = 100) -> Unit:
    side = Millimetres(side_mm)
    return Unit(1, Grams(grams), side, side, side)


@pytest.fixture
def sold(db: Database, kopi: Goods) -> Callable[[int], str]:
    """An accepted order whose delivery was sold for so much, at Rp12.000 a kilogram."""
    with db.writing() as session:
        session.add(Region(code="31", name="DKI Jakarta", folded="dkijakarta"))
        set_service(
            session,
            code="jne-reg",
            courier="JNE",
            name="JNE Reguler",
            divisor=6_000,
            tolerance=Grams(300),
            minimum=Grams(1_000),
        )
        set_rates(
            session,
            cooperative_id=kopi.cooperative.id,
            service_code="jne-reg",
            since=date(2026, 1, 1),
            lines=[RateLine("31", Rupiah(A_KILO), 2, 4, by_air=False)],
        )
        card = session.scalars(select(RateCard.id)).one()

    def sell(fee: int) -> str:
        way = QuoteSnapshot(
            kind=DeliveryKind.COURIER,
            name="JNE Reguler",
            fee=Rupiah(fee),
            scale_grams=2_500,
            billable_grams=3_000,
            rate_code=f"courier:jne-reg:{card}:31",
            days_least=2,
            days_most=4,
        )
        placed = make_paid(db, {kopi: 2}, quotes={kopi.cooperative.id: way})
        number: str = placed.numbers[0]
        Desk(db, kopi.cooperative.id).accept_all(number)
        return number

    return sell


def difference(db: Database) -> int:
    """What stands as *selisih ongkir*."""
    with db.reading() as session:
        found = session.scalar(
            select(func.sum(LedgerPosting.amount))
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .where(LedgerAccount.kind == AccountKind.SHIPPING_DIFFERENCE)
        )
    return -int(found or 0)


def weigh(gayo: Desk, number: str, of: Unit) -> packing.Weighed:
    return gayo.do(number, lambda s, order: packing.weigh(s, order, of, now=NOON))


@given(charged=st.integers(0, 10**9), paid=st.integers(0, 10**9))
def test_a_difference_goes_to_one_of_three_and_to_the_last_rupiah(charged: int, paid: int) -> None:
    found = settle_freight(charged, paid)
    assert found.refund + found.booked - found.borne == charged - paid
    assert sorted((found.refund, found.booked, found.borne))[:2] == [0, 0]
    assert found.booked < MIN_FREIGHT_BACK_RUPIAH
    assert not 0 < found.refund < MIN_FREIGHT_BACK_RUPIAH


def test_a_cheaper_box_gives_the_difference_back(
    db: Database, gayo: Desk, sold: Callable[[int], str]
) -> None:
    number = sold(36_000)
    assert weigh(gayo, number, box(1_300)).paid == A_KILO
    assert refunds(db) == [(Reason.LESS_FREIGHT, 24_000)]
    assert order_of(db, number).delivery_paid == A_KILO
    assert broken(db) == {}
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    assert broken(db) == {}


def test_less_than_a_thousand_is_booked_and_not_sent_back(
    db: Database, gayo: Desk, sold: Callable[[int], str]
) -> None:
    weigh(gayo, sold(A_KILO + 999), box(800))
    assert refunds(db) == []
    assert difference(db) == 999
    assert broken(db) == {}


def test_what_was_booked_goes_back_with_an_order_that_is_called_off(
    db: Database, gayo: Desk, sold: Callable[[int], str]
) -> None:
    number = sold(A_KILO + 500)
    weigh(gayo, number, box(800))
    gayo.do(number, lambda s, order: actions.cancel(s, order, reason=Reason.DAMAGED, now=NOON))
    assert difference(db) == 0
    assert order_of(db, number).refunded == order_of(db, number).total
    assert broken(db) == {}


def test_a_dearer_box_is_the_cooperatives_and_moves_no_money(
    db: Database, gayo: Desk, sold: Callable[[int], str]
) -> None:
    number = sold(A_KILO)
    found = weigh(gayo, number, box(900, side_mm=300))  # takes room like 4.5 kg
    assert (found.paid, found.settled.borne) == (5 * A_KILO, 4 * A_KILO)
    assert refunds(db) == []
    assert difference(db) == 0
    assert broken(db) == {}


def test_what_was_free_stays_free(db: Database, gayo: Desk, sold: Callable[[int], str]) -> None:
    number = sold(0)
    assert weigh(gayo, number, box(900)).settled.borne == A_KILO
    assert refunds(db) == []
    assert broken(db) == {}


def test_only_a_couriers_parcel_that_stands_here_is_weighed(
    db: Database, kopi: Goods, gayo: Desk, sold: Callable[[int], str]
) -> None:
    number = sold(36_000)
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    with pytest.raises(MoveRefused):
        weigh(gayo, number, box(900))
    fetched = paid_by(db, kopi, DeliveryKind.PICKUP)
    with pytest.raises(WrongWay):
        weigh(gayo, fetched, box(900))
    unknown = paid_by(db, kopi)
    gayo.accept_all(unknown)
    with pytest.raises(NoRate):
        weigh(gayo, unknown, box(900))
    assert refunds(db) == []


def at_once(db: Database, work: Callable[[Session], object], hands: int) -> int:
    together = Barrier(hands)

    def try_it(_number: int) -> bool:
        together.wait()
        try:
            db.write(work)
        except AlreadyWeighed:
            return False
        return True

    with ThreadPoolExecutor(hands) as managers:
        return sum(managers.map(try_it, range(hands)))


def test_of_managers_who_weigh_at_once_one_gives_back(
    db: Database, kopi: Goods, sold: Callable[[int], str]
) -> None:
    number = sold(36_000)

    def work(session: Session) -> object:
        order = order_to_work_on(session, kopi.cooperative.id, number)
        return packing.weigh(session, order, box(900), now=NOON)

    assert at_once(db, work, 5) == 1
    assert refunds(db) == [(Reason.LESS_FREIGHT, 24_000)]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(PackedBox)) == 1
    assert broken(db) == {}


def test_without_the_key_of_the_order_each_of_them_would(
    db: Database, kopi: Goods, sold: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same managers, with nothing that says the box was recorded."""
    number = sold(36_000)
    order_id = order_of(db, number).id
    monkeypatch.setattr(packing, "_record", lambda *_: None)
    monkeypatch.setattr(packing, "_charged", lambda _session, order: Rupiah(order.delivery_fee))
    given_back = request_refund
    monkeypatch.setattr(
        packing,
        "request_refund",
        lambda session, **asked: given_back(session, **{**asked, "key": f"freight:{get_ident()}"}),
    )

    def work(session: Session) -> object:
        return packing.weigh(session, session.get_one(Order, order_id), box(900), now=NOON)

    assert at_once(db, work, 2) == 2
    with db.reading() as session:
        assert session.scalar(select(func.sum(Refund.amount))) == 48_000  # 36,000 were paid


# ------------------------------------------------------------------------------ the page
RIGHT = {"berat": "1,2 kg", "panjang": "20", "lebar": "15", "tinggi": "10"}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_manager_weighs_on_the_orders_page_and_reads_what_it_changed(
    db: Database, wati: Visitor, sold: Callable[[int], str]
) -> None:
    here = f"/kelola/koperasi-gyo/pesanan/{sold(36_000)}"
    assert "Catat berat dan kotak sebenarnya" in wati.get(here).text
    sent = wati.post(f"{here}/timbang", data=RIGHT)
    assert sent.status_code == 303
    page = wati.get(here).text
    assert "Rp24.000 kembali ke pembeli" in page
    for said in ("Ongkir dibayar pembeli", "Rp36.000", "Ongkir kotak sebenarnya", "Selisih ongkir"):
        assert said in page
    assert "Ditimbang: 1,2 kg, 20 × 15 × 10 cm." in page
    assert Markup.of(page).faults == []
    again = wati.post(f"{here}/timbang", data=RIGHT)
    assert again.status_code == 409
    assert "sudah ditimbang" in again.text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("field", "typed"),
    [("berat", ""), ("berat", "nol"), ("berat", "-1"), ("panjang", "0"), ("tinggi", "9999")],
)
def test_a_wrong_measure_is_said_beside_its_field(
    db: Database, wati: Visitor, sold: Callable[[int], str], field: str, typed: str
) -> None:
    here = f"/kelola/koperasi-gyo/pesanan/{sold(36_000)}"
    answer = wati.post(f"{here}/timbang", data={**RIGHT, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert refunds(db) == []


def test_the_difference_follows_an_order_to_its_end(
    db: Database, gayo: Desk, sold: Callable[[int], str]
) -> None:
    number = sold(36_000)
    weigh(gayo, number, box(900))
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.COOPERATIVE, now=NOON),
    )
    finish(db)
    assert broken(db) == {}
