"""The operator types what the bank shows, and orders start or money waits with a name."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.values.money import format_rupiah
from shop.payments.bills.models import Payment, PaymentState, Receipt, ReceiptVoid, Refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.models import Role
from shop.sales.orders.models import Order, OrderState
from shop.services.audit.models import AuditEvent
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_person,
    make_purchase,
    make_seat,
)
from tests.support.books import broken
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

LIST = "/operator/uang-masuk"
TODAY = "2026-11-23"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=50)


@pytest.fixture
def placed(db: Database, gayo: Goods) -> Placed:
    return make_purchase(db, {gayo: 2})


@pytest.fixture
def operator(app: Flask, client: Visitor, db: Database) -> Visitor:
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    sign_in(client, db, person)
    return client


def typed(amount: object, *, token: str = "a" * 22, **more: str) -> dict[str, str]:
    return {"jumlah": str(amount), "tanggal": TODAY, "formulir": token, "selisih": "", **more}


def bill_page(placed: Placed) -> str:
    return f"{LIST}/{placed.payment_code}"


def page_after(visitor: Visitor, path: str, data: dict[str, str]) -> str:
    """The page an accepted form leads to."""
    answer = visitor.post(path, data=data)
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.headers["Location"]).text


def state_of(db: Database, placed: Placed) -> tuple[PaymentState, set[OrderState]]:
    with db.reading() as session:
        payment = session.get_one(Payment, placed.payment_id)
        orders = session.scalars(select(Order.state).where(Order.id.in_(placed.order_ids)))
        return payment.state, set(orders)


def balance(db: Database, kind: AccountKind) -> int:
    with db.reading() as session:
        return balance_of(session, kind)


def count_receipts(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Receipt)) or 0


def test_the_exact_amount_pays_the_bill(operator: Visitor, db: Database, placed: Placed) -> None:
    assert format_rupiah(placed.amount) in operator.get(LIST).text
    page = page_after(operator, bill_page(placed), typed(placed.amount))
    assert "Lunas" in page
    assert state_of(db, placed) == (PaymentState.PAID, {OrderState.NEW})
    assert placed.payment_code not in operator.get(LIST).text
    assert broken(db) == {}


@pytest.mark.parametrize("written", ["Rp{}", "{}", " Rp {} "])
def test_the_amount_is_read_as_people_write_it(
    operator: Visitor, db: Database, placed: Placed, written: str
) -> None:
    amount = written.format(f"{placed.amount:,}".replace(",", "."))
    page_after(operator, bill_page(placed), typed(amount))
    assert state_of(db, placed)[0] is PaymentState.PAID


def test_the_amount_is_not_filled_in_beforehand(operator: Visitor, placed: Placed) -> None:
    fields = [
        one
        for one in Markup.of(operator.get(bill_page(placed)).text).elements
        if one.attrs.get("name") == "jumlah"
    ]
    assert [one.attrs.get("value", "") for one in fields] == [""]


def test_too_little_is_told_in_words_and_pays_nothing(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page = page_after(operator, bill_page(placed), typed(placed.amount - 356))
    assert "Kurang Rp356" in page
    assert state_of(db, placed) == (PaymentState.OPEN, {OrderState.UNPAID})
    assert balance(db, AccountKind.UNRECOGNISED) == -(placed.amount - 356)
    assert "Kurang Rp356" in operator.get(LIST).text
    assert broken(db) == {}


def test_the_rest_that_comes_later_pays_the_bill(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page_after(operator, bill_page(placed), typed(placed.amount - 2_000))
    page = page_after(operator, bill_page(placed), typed(2_000, token="b" * 22))
    assert "Lunas" in page
    assert state_of(db, placed) == (PaymentState.PAID, {OrderState.NEW})
    assert balance(db, AccountKind.UNRECOGNISED) == 0
    assert balance(db, AccountKind.BANK) == placed.amount
    assert broken(db) == {}


def test_a_small_difference_is_accepted_with_a_reason_only(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page_after(operator, bill_page(placed), typed(placed.amount - 356))
    wrong = page_after(operator, f"{bill_page(placed)}/selisih", {"selisih": ""})
    assert "Pilih dulu alasan" in wrong
    page = page_after(operator, f"{bill_page(placed)}/selisih", {"selisih": "biaya_bank"})
    assert "Lunas" in page
    assert balance(db, AccountKind.ROUNDING) == 356
    with db.reading() as session:
        noted = session.scalars(
            select(AuditEvent.after).where(AuditEvent.action == "payment.difference_allowed")
        ).one()
    assert noted == {"difference": -356, "reason": "biaya_bank"}
    assert broken(db) == {}


@pytest.mark.parametrize("off_by", [-999, 999])
def test_a_reason_given_at_once_settles_at_once(
    operator: Visitor, db: Database, placed: Placed, off_by: int
) -> None:
    page = page_after(
        operator, bill_page(placed), typed(placed.amount + off_by, selisih="dibulatkan")
    )
    assert "Lunas" in page
    assert balance(db, AccountKind.ROUNDING) == -off_by
    assert broken(db) == {}


@pytest.mark.parametrize("off_by", [-1_000, 1_000])
def test_a_reason_does_not_cover_a_thousand(
    operator: Visitor, db: Database, placed: Placed, off_by: int
) -> None:
    page = page_after(
        operator, bill_page(placed), typed(placed.amount + off_by, selisih="dibulatkan")
    )
    assert "Rp1.000" in page
    assert state_of(db, placed)[0] is PaymentState.OPEN
    page = page_after(operator, f"{bill_page(placed)}/selisih", {"selisih": "dibulatkan"})
    assert "lebih dari Rp999" in page
    assert state_of(db, placed)[0] is PaymentState.OPEN


def test_too_much_waits_until_somebody_says_what_it_was_for(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page = page_after(operator, bill_page(placed), typed(placed.amount + 50_000))
    assert "Lebih Rp50.000" in page
    assert state_of(db, placed)[0] is PaymentState.OPEN
    assert balance(db, AccountKind.UNRECOGNISED) == -(placed.amount + 50_000)
    page = page_after(
        operator,
        f"{bill_page(placed)}/pakai",
        {"catatan": f"form:{'a' * 22}", "selisih": "kembalikan"},
    )
    assert "Lunas" in page
    with db.reading() as session:
        refund = session.scalars(select(Refund)).one()
        assert (refund.amount, refund.order_id) == (50_000, None)
    assert balance(db, AccountKind.UNRECOGNISED) == 0
    assert balance(db, AccountKind.REFUND_DUE) == -50_000
    assert broken(db) == {}


def test_the_same_form_twice_is_one_receipt(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    for _ in range(3):
        assert "Lunas" in page_after(operator, bill_page(placed), typed(placed.amount))
    assert count_receipts(db) == 1
    assert balance(db, AccountKind.BANK) == placed.amount
    assert broken(db) == {}


def test_the_same_form_with_other_figures_is_refused(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page_after(operator, bill_page(placed), typed(placed.amount - 500))
    answer = operator.post(bill_page(placed), data=typed(placed.amount))
    assert answer.status_code == 422
    assert "sudah dikirim" in answer.text
    assert count_receipts(db) == 1


def test_a_second_transfer_for_a_paid_bill_belongs_to_nobody_yet(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page_after(operator, bill_page(placed), typed(placed.amount))
    page = page_after(operator, bill_page(placed), typed(placed.amount, token="b" * 22))
    assert "sudah lunas" in page
    assert balance(db, AccountKind.UNRECOGNISED) == -placed.amount
    assert broken(db) == {}


def test_a_mistyped_amount_can_be_taken_back_until_it_pays(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page_after(operator, bill_page(placed), typed(147))
    note = {"catatan": f"form:{'a' * 22}"}
    assert "dibatalkan" in page_after(operator, f"{bill_page(placed)}/batal", note)
    page_after(operator, f"{bill_page(placed)}/batal", note)
    assert balance(db, AccountKind.BANK) == 0
    page_after(operator, bill_page(placed), typed(placed.amount, token="b" * 22))
    page = page_after(operator, f"{bill_page(placed)}/batal", {"catatan": f"form:{'b' * 22}"})
    assert "tidak dapat dibatalkan" in page
    assert state_of(db, placed)[0] is PaymentState.PAID
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReceiptVoid)) == 1
    assert broken(db) == {}


def test_money_without_a_bill_is_recorded_and_found_again(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    page = page_after(operator, LIST, typed(placed.amount))
    assert "belum dikenali" in page
    assert balance(db, AccountKind.UNRECOGNISED) == -placed.amount
    page = page_after(
        operator, f"{bill_page(placed)}/pakai", {"catatan": f"form:{'a' * 22}", "selisih": ""}
    )
    assert "Lunas" in page
    assert broken(db) == {}


def test_an_unclear_amount_is_refused_with_an_example_and_nothing_is_lost(
    operator: Visitor, db: Database, placed: Placed
) -> None:
    for amount in ("", "0", "-1", "1,5", "1e3", "abc", "٣٤", "10" * 20, "Rp", "1.00.000"):
        answer = operator.post(bill_page(placed), data=typed(amount, selisih="biaya_bank"))
        assert answer.status_code == 422, amount
        assert "Jumlah yang masuk" in answer.text
        assert "misalnya 12.500" in answer.text or "misalnya Rp" in answer.text
        fields = {one.attrs.get("name"): one for one in Markup.of(answer.text).elements}
        assert fields["jumlah"].attrs.get("value", "") == amount
        assert fields["jumlah"].attrs["aria-invalid"] == "true"
        assert fields["tanggal"].attrs["value"] == TODAY
        assert '<option selected value="biaya_bank">' in answer.text
    assert count_receipts(db) == 0


def test_a_day_that_cannot_be_is_refused(operator: Visitor, db: Database, placed: Placed) -> None:
    for day in ("", "kemarin", "2026-11-24", "2025-01-01", "31-12-2026", "0001-01-01"):
        answer = operator.post(bill_page(placed), data=typed(placed.amount) | {"tanggal": day})
        assert answer.status_code == 422, day
        assert "Tanggal masuk" in answer.text
    assert count_receipts(db) == 0


def test_a_bill_is_found_by_number_amount_or_code(
    operator: Visitor, db: Database, gayo: Goods, placed: Placed
) -> None:
    other = make_purchase(db, {gayo: 3})
    for text in (
        placed.numbers[0].lower().replace("-", " "),
        format_rupiah(placed.amount),
        placed.payment_code,
        placed.code,
    ):
        page = operator.get(LIST, query_string={"cari": text}).text
        assert placed.payment_code in page, text
        assert other.payment_code not in page, text


def test_unknown_bills_lead_to_a_page_with_a_way_on(operator: Visitor, placed: Placed) -> None:
    for odd in ("\x00", "x" * 500, "٣٤", "form:\x00"):
        assert operator.get(LIST, query_string={"cari": odd, "setelah": odd}).status_code < 500
        for part in ("pakai", "batal"):
            answer = operator.post(f"{bill_page(placed)}/{part}", data={"catatan": odd})
            assert answer.status_code == 404
    assert operator.get(f"{LIST}/tidak-ada").status_code == 404
    assert operator.post(f"{LIST}/tidak-ada", data=typed(1_000)).status_code == 404
    answer = operator.post(f"{bill_page(placed)}/pakai", data={"catatan": "form:tidak-ada"})
    assert answer.status_code == 404


def test_for_anybody_else_the_page_does_not_exist(
    client: Visitor, db: Database, gayo: Goods, placed: Placed
) -> None:
    for role in (*Role, None):
        wati = make_person(db, "Bu Wati")
        if role:
            make_seat(db, gayo.cooperative, wati, role)
        sign_in(client, db, wati)
        assert client.get(LIST).status_code == 404
        assert client.get(bill_page(placed)).status_code == 404
        data = typed(placed.amount, selisih="biaya_bank")
        for part in ("", "/selisih", "/pakai", "/batal"):
            assert client.post(f"{bill_page(placed)}{part}", data=data).status_code == 404
        assert client.post(LIST, data=data).status_code == 404
    assert count_receipts(db) == 0
    assert state_of(db, placed)[0] is PaymentState.OPEN


def test_another_operator_right_is_not_enough(
    client: Visitor, db: Database, placed: Placed
) -> None:
    person = make_person(db, "Rudi", "rudi@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.OPERATE, NOON)
    sign_in(client, db, person)
    assert client.post(bill_page(placed), data=typed(placed.amount)).status_code == 404


def test_who_is_not_signed_in_is_led_to_the_door(client: Visitor, placed: Placed) -> None:
    answer = client.get(LIST)
    assert answer.status_code == 303
    assert "/masuk" in answer.headers["Location"]


def test_the_list_costs_the_same_statements_with_two_and_with_twenty_bills(
    operator: Visitor, db: Database, gayo: Goods, app: Flask
) -> None:
    from shop.web.http import app_state

    with app.app_context():
        of_the_app = app_state.database()

    def cost() -> int:
        with statements(of_the_app) as seen:
            assert operator.get(LIST).status_code == 200
        return len(seen)

    for _ in range(2):
        make_purchase(db, {gayo: 1})
    two = cost()
    for _ in range(18):
        make_purchase(db, {gayo: 1})
    assert cost() == two


@pytest.mark.parametrize("path", ["list", "bill", "short", "refused"])
def test_pages_are_sound_html(operator: Visitor, db: Database, placed: Placed, path: str) -> None:
    if path == "short":
        page_after(operator, bill_page(placed), typed(placed.amount - 100))
    if path == "refused":
        text = operator.post(bill_page(placed), data=typed("")).text
    else:
        page_after(operator, LIST, typed(5_000, token="c" * 22))
        text = operator.get(LIST if path == "list" else bill_page(placed)).text
    page = Markup.of(text)
    assert page.mistakes == []
    assert "style=" not in text
    ids = [one.attrs["id"] for one in page.elements if "id" in one.attrs]
    assert len(ids) == len(set(ids))
