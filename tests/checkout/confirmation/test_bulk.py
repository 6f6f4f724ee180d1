"""A bank's list is looked at first, taken with one yes, and never counted twice."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from shop.checkout.confirmation import statement_matching
from shop.checkout.confirmation.actions import confirm_money
from shop.checkout.confirmation.statement_matching import Fate
from shop.core.database.engine import Database
from shop.core.values.money import format_rupiah
from shop.payments.bills.models import Payment, PaymentState, Receipt, Refund, StatementFile
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.payments.transfers.bank_statements import StatementLine
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.sales.orders.models import Purchase
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_payee,
    make_person,
    make_purchase,
)
from tests.support.books import broken
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

LIST = "/operator/uang-masuk"
SEND = f"{LIST}/mutasi"
HEAD = "TANGGAL TRANSAKSI;URAIAN TRANSAKSI;DEBET;KREDIT;SALDO"
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def gayo(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), on_hand=90)


@pytest.fixture
def operator(app: Flask, client: Visitor, db: Database) -> Visitor:
    person = make_person(db, "Dewi", "operator@lumbung.example")
    make_payee(db)
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    sign_in(client, db, person)
    return client


def sheet(*amounts: int, text: str = "TRANSFER DARI SARI") -> bytes:
    rows = [f"23/11/26;{text};0,00;{format_rupiah(one)[2:]},00;1" for one in amounts]
    return "\n".join([HEAD, *rows]).encode()


def send(visitor: Visitor, data: bytes) -> str:
    """Send a file; the address of what it would do."""
    answer = visitor.post(SEND, data={"berkas": (io.BytesIO(data), "mutasi.csv")})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def take(visitor: Visitor, data: bytes) -> str:
    """Send a file and say yes; the page after it."""
    answer = visitor.post(send(visitor, data))
    assert answer.status_code == 303
    return visitor.get(answer.headers["Location"]).text


def line(amount: int, text: str = "SARI") -> StatementLine:
    return StatementLine(TODAY, amount, text, 1)


def receipts(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Receipt)) or 0


def state(db: Database, placed: Placed) -> PaymentState:
    with db.reading() as session:
        return session.get_one(Payment, placed.payment_id).state


def unknown(db: Database) -> int:
    with db.reading() as session:
        return -balance_of(session, AccountKind.UNRECOGNISED)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_nothing_moves_before_the_yes(operator: Visitor, db: Database, gayo: Goods) -> None:
    placed = make_purchase(db, {gayo: 2})
    page = operator.get(send(operator, sheet(placed.amount, 5_000))).text
    assert "1 uang cocok tepat dengan satu tagihan" in page
    assert placed.numbers[0] in page
    assert f"Setujui dan catat {format_rupiah(placed.amount + 5_000)}" in page
    assert Markup.of(page).mistakes == []
    assert receipts(db) == 0
    assert state(db, placed) is PaymentState.OPEN


@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_yes_settles_what_is_exact_and_names_the_rest(
    operator: Visitor, db: Database, gayo: Goods
) -> None:
    bills = [make_purchase(db, {gayo: count}) for count in (1, 2, 3)]
    page = take(operator, sheet(bills[0].amount, bills[1].amount, bills[2].amount - 356, 5_000))
    assert "2 tagihan lunas, 2 uang dicatat sebagai belum dikenali." in page
    states = [state(db, one) for one in bills]
    assert states == [PaymentState.PAID, PaymentState.PAID, PaymentState.OPEN]
    assert unknown(db) == bills[2].amount - 356 + 5_000
    assert broken(db) == {}
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(StatementFile)) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_same_file_twice_adds_nothing_and_equal_lines_stay_two(
    operator: Visitor, db: Database
) -> None:
    take(operator, sheet(7_000, 7_000))
    assert receipts(db) == 2
    page = operator.get(send(operator, sheet(7_000, 7_000))).text
    assert "2 uang sudah tercatat sebelumnya" in page
    assert "Setujui" not in page
    take(operator, sheet(7_000, 7_000, 9_000))
    assert receipts(db) == 3
    assert unknown(db) == 23_000
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_a_person_typed_is_not_recorded_again(
    operator: Visitor, db: Database, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 2})
    with db.writing() as session:
        confirm_money(
            session,
            payment_code=placed.payment_code,
            amount=placed.amount,
            received_on=TODAY,
            source_key="form:" + "a" * 22,
            person_id=None,
            now=NOON,
        )
    page = operator.get(send(operator, sheet(placed.amount, placed.amount))).text
    assert "Sudah diketik" in page
    assert "Tagihannya sudah lunas" in page  # the second is really a second transfer
    take(operator, sheet(placed.amount, placed.amount))
    assert receipts(db) == 2
    assert unknown(db) == placed.amount
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("closed", "fate"), [(timedelta(days=6), Fate.LATE), (timedelta(days=8), Fate.UNKNOWN)]
)
def test_a_bill_that_closed_within_a_week_is_found_and_an_older_one_is_not(
    db: Database, gayo: Goods, closed: timedelta, fate: Fate
) -> None:
    from shop.checkout.expiry.actions import expire_payment
    from shop.payments.bills.actions import release_codes
    from shop.payments.transfers.bank_statements import Statement

    placed = make_purchase(db, {gayo: 2}, now=NOON - closed - timedelta(days=1))
    with db.writing() as session:
        expire_payment(session, placed.payment_id, NOON - closed)
        release_codes(session, NOON)
    with db.writing() as session:
        code = statement_matching.keep_statement(
            session,
            Statement("BRI", (line(placed.amount),), ()),
            payee_id=make_payee_id(db),
            person_id=None,
            now=NOON,
        )
    with db.reading() as session:
        assert [
            one.fate for one in statement_matching.preview(session, code, cooperative_id=None).seen
        ] == [fate]


def make_payee_id(db: Database) -> int:
    with db.reading() as session:
        return session.scalars(select(Payment.payee_id).limit(1)).one()


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_pays_does_not_confirm_it_by_a_file_either(
    operator: Visitor, db: Database, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 2})
    with db.writing() as session:
        from shop.people.accounts.models import Person

        mine = session.scalars(
            select(Person.id).where(Person.email_login == "operator@lumbung.example")
        ).one()
        session.execute(update(Purchase).values(person_id=mine))
    take(operator, sheet(placed.amount))
    assert state(db, placed) is PaymentState.OPEN
    assert unknown(db) == placed.amount
    typed = {"jumlah": str(placed.amount), "tanggal": "2026-11-23", "formulir": "b" * 22}
    answer = operator.post(f"{LIST}/{placed.payment_code}", data={**typed, "selisih": ""})
    assert "belanja Anda sendiri" in operator.get(answer.headers["Location"]).text
    assert state(db, placed) is PaymentState.OPEN


@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_transfer_pays_two_bills(operator: Visitor, db: Database, gayo: Goods) -> None:
    first, second = make_purchase(db, {gayo: 1}), make_purchase(db, {gayo: 2})
    take(operator, sheet(first.amount + second.amount))
    with db.reading() as session:
        key = session.scalars(select(Receipt.source_key)).one()
    for bill in (first, second):
        data = {"catatan": key, "selisih": "sisakan"}
        assert operator.post(f"{LIST}/{bill.payment_code}/pakai", data=data).status_code == 303
        assert state(db, bill) is PaymentState.PAID
    assert unknown(db) == 0
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_money_on_top_of_a_paid_bill_goes_back_once(
    operator: Visitor, db: Database, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 1})
    take(operator, sheet(placed.amount, placed.amount))
    assert unknown(db) == placed.amount
    with db.reading() as session:
        keys = session.scalars(select(Receipt.source_key).order_by(Receipt.id)).all()
    for _ in range(2):
        for key in keys:
            operator.post(f"{LIST}/{placed.payment_code}/kembalikan", data={"catatan": key})
    with db.reading() as session:
        assert session.scalars(select(Refund.amount)).all() == [placed.amount]
        assert -balance_of(session, AccountKind.REFUND_DUE) == placed.amount
    assert unknown(db) == 0
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Tidak ada uang masuk di berkas ini"),
        (b"PK\x03\x04", "Ini bukan berkas CSV"),
        (b"a,b\n1,2\n", "Kolomnya tidak dikenal"),
        (b"No. rekening : 777 888 9999\n" + sheet(5_000), "bukan 0012345678"),
        (sheet(*[1_000] * 2_001), "paling banyak 2.000"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    operator: Visitor, db: Database, data: bytes, words: str
) -> None:
    answer = operator.post(SEND, data={"berkas": (io.BytesIO(data), "mutasi.csv")})
    assert answer.status_code == 422
    assert words in answer.text
    assert Markup.of(answer.text).mistakes == []
    assert receipts(db) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_rows_that_cannot_be_read_are_named_and_left_out(operator: Visitor, db: Database) -> None:
    data = sheet(5_000) + b"\n31/02/26;X;0,00;4.000,00;1\n23/11/26;X;0,00;4,5,6;1"
    page = operator.get(send(operator, data)).text
    assert "2 baris tidak terbaca" in page
    assert "Baris 3: tanggal “31/02/26”" in page
    assert "Baris 4: jumlah “4,5,6”" in page


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_file_that_waits_is_forgotten_after_a_day(operator: Visitor, db: Database) -> None:
    address = send(operator, sheet(5_000))
    with db.writing() as session:
        assert statement_matching.purge_statement_files(session, NOON + timedelta(hours=20)) == 0
        assert statement_matching.purge_statement_files(session, NOON + timedelta(hours=26)) == 1
    assert operator.get(address).status_code == 404
    assert operator.post(address).status_code == 404
    assert operator.get(f"{SEND}/%00").status_code < 500


@pytest.mark.only_on("sqlite", because=PAGES)
def test_looking_costs_the_same_statements_for_two_and_for_twenty_lines(
    operator: Visitor, gayo: Goods, db: Database, app: Flask
) -> None:
    from shop.web.http import app_state

    bills = [make_purchase(db, {gayo: 1}) for _ in range(20)]
    with app.app_context():
        of_the_app = app_state.database()
    costs = []
    for count in (2, 20):
        address = send(operator, sheet(*(one.amount for one in bills[:count])))
        with statements(of_the_app) as seen:
            assert operator.get(address).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]


def at_once(db: Database, payee_id: int, one: StatementLine, keys: list[StatementLine]) -> None:
    gate = Barrier(len(keys))

    def go(mine: StatementLine) -> None:
        gate.wait()
        db.write(
            lambda session: statement_matching.take_line(
                session, payee_id=payee_id, line=mine, typed=0, person_id=None, now=NOON
            )
        )

    threads = [Thread(target=go, args=(mine,)) for mine in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_line_taken_by_eight_at_once_is_one_receipt_and_one_settlement(
    db: Database, gayo: Goods
) -> None:
    placed = make_purchase(db, {gayo: 1})
    at_once(db, make_payee_id(db), line(placed.amount), [line(placed.amount)] * 8)
    assert receipts(db) == 1
    assert state(db, placed) is PaymentState.PAID
    assert broken(db) == {}


@pytest.mark.parametrize(
    ("typed", "recorded"), [pytest.param(0, 1, id="looked"), pytest.param(1, 2, id="control")]
)
def test_what_a_person_types_between_the_look_and_the_yes_is_not_recorded_again(
    db: Database, gayo: Goods, typed: int, recorded: int
) -> None:
    """The control believes that it had been typed before the look: then it counts twice."""
    placed = make_purchase(db, {gayo: 1})
    with db.writing() as session:
        confirm_money(
            session,
            payment_code=placed.payment_code,
            amount=placed.amount,
            received_on=TODAY,
            source_key="form:" + "a" * 22,
            person_id=None,
            now=NOON,
        )
    db.write(
        lambda session: statement_matching.take_line(
            session,
            payee_id=make_payee_id(db),
            line=line(placed.amount),
            typed=typed,
            person_id=None,
            now=NOON,
        )
    )
    assert receipts(db) == recorded
    assert unknown(db) == (recorded - 1) * placed.amount
    assert broken(db) == {}


def test_without_the_lines_key_eight_at_once_would_be_eight_receipts(
    db: Database, gayo: Goods
) -> None:
    """The control: only the key makes the same line one."""
    placed = make_purchase(db, {gayo: 1})
    keys = [StatementLine(TODAY, placed.amount, "SARI", place) for place in range(8)]
    at_once(db, make_payee_id(db), keys[0], keys)
    assert receipts(db) == 8
    assert unknown(db) == 7 * placed.amount
    assert broken(db) == {}
