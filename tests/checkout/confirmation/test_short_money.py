"""Too little came and the bill was never paid: it stays on the list until it goes back (R4)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from shop.checkout.confirmation import underpayments
from shop.checkout.confirmation.actions import Outcome, confirm_money, use_receipt
from shop.checkout.expiry import actions as expiry
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.errors import OwnPurchase
from shop.payments.bills.models import Payment, PaymentState, Receipt, Refund
from shop.payments.bills.queries import matched_receipts
from shop.payments.transfers.queries import unrecognised, waiting
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.sales.orders.models import Purchase
from shop.web.security.csrf import CART_COOKIE
from tests.factories import DAY, NOON, Goods, Placed, make_goods, make_person, make_purchase
from tests.fulfilment.paid import books, broken
from tests.support.engines import ONE_WRITER, PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

HANDS = 6


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=50)


@pytest.fixture
def short(db: Database, kopi: Goods) -> Placed:
    """A bill for which Rp5.000 less came."""
    placed = make_purchase(db, {kopi: 1})
    assert money(db, placed, placed.amount - 5_000) is Outcome.SHORT
    return placed


def money(db: Database, placed: Placed, amount: int, source: str = "form:1") -> Outcome:
    return db.write(
        partial(
            confirm_money,
            payment_code=placed.payment_code,
            amount=amount,
            received_on=NOON.date(),
            source_key=source,
            person_id=None,
            now=NOON,
        )
    ).outcome


def lapse(db: Database) -> None:
    db.write(partial(expiry.expire_due_payments, now=NOON + 2 * DAY))


def back(db: Database, placed: Placed) -> int:
    return db.write(
        partial(
            underpayments.give_short_back, payment_id=placed.payment_id, person_id=None, now=NOON
        )
    )


def test_nobody_gives_their_own_money_back(db: Database, kopi: Goods) -> None:
    sari = make_person(db, "Sari", "sari@contoh.id")
    placed = make_purchase(db, {kopi: 1}, person=sari)
    money(db, placed, placed.amount - 5_000)
    lapse(db)
    with pytest.raises(OwnPurchase):
        db.write(
            partial(
                underpayments.send_short_back,
                payment_code=placed.payment_code,
                person_id=sari.id,
                now=NOON,
            )
        )
    assert back(db, placed) == placed.amount - 5_000


def test_it_stays_on_the_list_after_its_time_until_it_goes_back(
    db: Database, kopi: Goods, short: Placed
) -> None:
    make_purchase(db, {kopi: 1})  # unpaid: it leaves the list with its time
    lapse(db)
    with db.reading() as session:
        assert [row.code for row in waiting(session).rows] == [short.payment_code]
    assert back(db, short) == short.amount - 5_000
    with db.reading() as session:
        assert waiting(session).rows == ()
        assert unrecognised(session) == ()
        refund = session.scalars(select(Refund)).one()
    assert (refund.amount, refund.order_id) == (short.amount - 5_000, None)
    assert books(db) == {"bank": refund.amount, "refund_due": -refund.amount}
    assert back(db, short) == 0
    assert broken(db) == {}


def test_a_bill_that_waits_gives_nothing_back(db: Database, short: Placed) -> None:
    assert back(db, short) == 0
    assert broken(db) == {}


def test_who_calls_off_a_purchase_has_what_came_back(db: Database, short: Placed) -> None:
    with db.writing() as session:
        purchase = session.get_one(Purchase, short.purchase_id)
        assert expiry.cancel_unpaid(session, purchase, now=NOON)
    assert books(db)["refund_due"] == -(short.amount - 5_000)
    assert broken(db) == {}


def test_short_money_and_whole_money_of_a_bill_that_was_called_off_both_go_back(
    db: Database, short: Placed
) -> None:
    with db.writing() as session:
        expiry.cancel_unpaid(session, session.get_one(Purchase, short.purchase_id), now=NOON)
    money(db, short, short.amount, "form:2")
    assert books(db)["refund_due"] == -(2 * short.amount - 5_000)
    assert broken(db) == {}


def test_what_goes_back_counts_for_no_bill_any_more(db: Database, short: Placed) -> None:
    lapse(db)
    back(db, short)
    assert money(db, short, 5_000, "form:2") is Outcome.SHORT
    with db.reading() as session:
        key = session.scalars(select(Receipt.source_key).order_by(Receipt.id)).first() or ""
    use = partial(use_receipt, payment_code=short.payment_code, source_key=key, person_id=None)
    db.write(partial(use, now=NOON))
    with db.reading() as session:
        assert session.get_one(Payment, short.payment_id).state is PaymentState.LAPSED
    # All of it once more pays the bill, late as it is.
    assert money(db, short, short.amount - 5_000, "form:3") is Outcome.PAID
    assert broken(db) == {}


def test_six_taps_at_once_give_it_back_once(db: Database, short: Placed) -> None:
    lapse(db)
    together = Barrier(HANDS)

    def tap(_hand: int) -> int:
        together.wait()
        return back(db, short)

    with ThreadPoolExecutor(HANDS) as hands:
        given = list(hands.map(tap, range(HANDS)))
    assert sorted(given) == [0] * (HANDS - 1) + [short.amount - 5_000]
    assert broken(db) == {}


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_the_locks_it_would_be_counted_back_by_several(
    db: Database, short: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; SQLite has one writer at a time and nothing to take away."""
    lapse(db)
    looked = Barrier(3)
    came = matched_receipts

    def late(*given: Any) -> dict[int, int]:
        found = came(*given)
        looked.wait(10)
        return found

    def unlocked(session: Any, model: type, ident: int, **_: Any) -> Any:
        return session.get(model, ident)

    monkeypatch.setattr(underpayments, "matched_receipts", late)
    monkeypatch.setattr("sqlalchemy.orm.Session.get_one", unlocked)
    monkeypatch.setattr("sqlalchemy.sql.Select.with_for_update", lambda self, **_: self)
    with ThreadPoolExecutor(3) as hands:
        list(hands.map(lambda _: back(db, short), range(3)))
    assert "receipts_are_used_once" in broken(db)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_operator_sends_it_back_with_one_tap(
    client: Visitor, db: Database, short: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    person = make_person(db, "Dewi")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    sign_in(client, db, person)
    page = f"/operator/uang-masuk/{short.payment_code}"
    assert "sudah berakhir" not in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/kurang").status_code == 303  # it waits: nothing goes back
    assert "refund_due" not in books(db)
    lapse(db)
    assert "Tagihan ini sudah berakhir" in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/kurang").status_code == 303
    assert books(db)["refund_due"] == -(short.amount - 5_000)
    assert client.post("/operator/uang-masuk/tidak-ada/kurang").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_pay_page_asks_for_what_is_missing_and_later_says_where_the_money_went(
    db: Database, client: Visitor, short: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    client.set_cookie(CART_COOKIE, "sari")
    page = client.get(f"/pembelian/{short.code}").get_data(as_text=True)
    assert '<p class="price price--l">Rp5.000</p>' in page
    assert "Kekurangannya" in page
    assert 'data-copy="5000"' in page
    lapse(db)
    back(db, short)
    page = client.get(f"/pembelian/{short.code}").get_data(as_text=True)
    assert "tidak cukup untuk tagihannya" in page
    assert "Anda membayar lebih" not in page
