"""A photo of the transfer: seen by its shopper and by who confirms, and it settles nothing (R6)."""

import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from shop.core.database.engine import Database
from shop.core.database.upserts import insert_if_absent
from shop.core.values import clock
from shop.payments.bills.errors import EnoughProofs
from shop.payments.bills.models import Payment, PaymentState, TransferProof
from shop.payments.transfers import transfer_proofs
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import Contact, OperatorRight
from shop.sales.orders.models import OrderState
from shop.web.security.csrf import CART_COOKIE
from tests.checkout.cards import as_card, confirm, payment, states
from tests.factories import DAY, NOON, Goods, Placed, make_goods, make_person, make_purchase
from tests.support.engines import ONE_WRITER, PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=50)


@pytest.fixture
def placed(db: Database, kopi: Goods) -> Placed:
    return make_purchase(db, {kopi: 2})


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    client.set_cookie(CART_COOKIE, "sari")
    return client


def picture(colour: str = "navy", size: tuple[int, int] = (480, 900), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **saved)
    return out.getvalue()


def send(visitor: Visitor, placed: Placed, data: bytes, name: str = "bukti.jpg") -> TestResponse:
    boundary, body = encode_multipart({"foto": FileStorage(io.BytesIO(data), filename=name)})
    return visitor.post(
        f"/pembelian/{placed.code}/bukti",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def operator(app: Flask, db: Database) -> Visitor:
    person = make_person(db, "Dewi")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    client = app.test_client()
    assert isinstance(client, Visitor)
    sign_in(client, db, person)
    return client


def count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(TransferProof)) or 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_photo_stands_beside_the_bill_and_settles_nothing(
    app: Flask, db: Database, sari: Visitor, placed: Placed
) -> None:
    assert send(sari, placed, picture()).status_code == 303
    assert "Foto yang dikirim" in sari.get(f"/pembelian/{placed.code}").get_data(as_text=True)
    assert payment(db, placed).state is PaymentState.OPEN
    assert states(db, placed) == [OrderState.UNPAID]
    desk = operator(app, db)
    assert "Ada foto dari pembeli" in desk.get("/operator/uang-masuk").get_data(as_text=True)
    page = desk.get(f"/operator/uang-masuk/{placed.payment_code}").get_data(as_text=True)
    assert "Foto dari pembeli" in page
    assert f'src="/operator/uang-masuk/{placed.payment_code}/bukti/1"' in page
    # The amount is still to be typed.
    assert f'value="{placed.amount}"' not in page
    for seen in (
        sari.get(f"/pembelian/{placed.code}/bukti/1"),
        desk.get(f"/operator/uang-masuk/{placed.payment_code}/bukti/1"),
    ):
        assert seen.status_code == 200
        assert seen.mimetype == "image/jpeg"
        assert "no-store" in seen.headers["Cache-Control"]
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(seen.data)).size == (480, 900)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_where_it_was_taken_and_by_what_camera_stays_outside(
    db: Database, sari: Visitor, placed: Placed
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Kamera", "Rahasia 3"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 30.0)
    send(sari, placed, picture(exif=exif) + b"<script>alert(1)</script>")
    with db.reading() as session:
        kept = session.scalars(select(TransferProof.photo)).one()
    assert b"Rahasia" not in kept
    assert b"<script" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", ["stranger", "joko"])
def test_nobody_else_sees_it_or_sends_one_for_anothers_purchase(
    app: Flask, db: Database, sari: Visitor, placed: Placed, who: str
) -> None:
    send(sari, placed, picture())
    other = app.test_client()
    assert isinstance(other, Visitor)
    if who == "joko":
        sign_in(other, db, make_person(db, "Joko"))
    other.set_cookie(CART_COOKIE, "joko")
    assert send(other, placed, picture("red")).status_code == 404
    assert other.get(f"/pembelian/{placed.code}/bukti/1").status_code == 404
    at_desk = other.get(f"/operator/uang-masuk/{placed.payment_code}/bukti/1")
    assert at_desk.status_code in (302, 303, 403, 404)
    assert count(db) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_photo_is_found_beside_its_own_bill_only(
    app: Flask, db: Database, sari: Visitor, kopi: Goods, placed: Placed
) -> None:
    second = make_purchase(db, {kopi: 1})
    send(sari, placed, picture())
    assert sari.get(f"/pembelian/{second.code}/bukti/1").status_code == 404
    desk = operator(app, db)
    assert desk.get(f"/operator/uang-masuk/{second.payment_code}/bukti/1").status_code == 404
    for number in (0, 2, 2**63, 10**30):
        assert sari.get(f"/pembelian/{placed.code}/bukti/{number}").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_same_photo_twice_is_one_and_for_two_bills_it_is_told(
    app: Flask, db: Database, sari: Visitor, kopi: Goods, placed: Placed
) -> None:
    second = make_purchase(db, {kopi: 1})
    for _ in range(2):
        assert send(sari, placed, picture()).status_code == 303
    assert count(db) == 1
    assert send(sari, second, picture()).status_code == 303
    desk = operator(app, db)
    for bill, other in ((placed, second), (second, placed)):
        page = desk.get(f"/operator/uang-masuk/{bill.payment_code}").get_data(as_text=True)
        assert f"Foto yang sama juga dikirim untuk {other.numbers[0]}" in page


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Berkasnya kosong"),
        (b"%PDF-1.7 bukti", "bukan foto yang bisa dibaca"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan foto yang bisa dibaca"),
        (picture(size=(239, 900)), "terlalu kecil untuk dibaca"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "HEIC"),
        (b"\xff" * 12_000_001, "paling besar 12 MB"),
    ],
    ids=["empty", "pdf", "svg", "small", "heic", "heavy"],
)
def test_a_file_that_is_no_such_photo_gets_a_sentence_beside_its_field(
    db: Database, sari: Visitor, placed: Placed, data: bytes, words: str
) -> None:
    answer = send(sari, placed, data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert "Transfer tepat sampai 3 angka terakhir" in page
    assert count(db) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_nothing_chosen_is_told_as_well(db: Database, sari: Visitor, placed: Placed) -> None:
    for fields in ({}, {"foto": "bukan berkas"}):
        assert sari.post(f"/pembelian/{placed.code}/bukti", data=fields).status_code == 422
    assert send(sari, placed, picture(), name="").status_code == 422


@pytest.mark.only_on("sqlite", because=PAGES)
def test_three_photos_are_enough(db: Database, sari: Visitor, placed: Placed) -> None:
    for colour in ("red", "green", "blue"):
        assert send(sari, placed, picture(colour)).status_code == 303
    answer = send(sari, placed, picture("black"))
    assert answer.status_code == 422
    assert "Itu cukup" in answer.get_data(as_text=True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_bill_that_waits_for_no_transfer_takes_none(
    db: Database, sari: Visitor, kopi: Goods, placed: Placed
) -> None:
    confirm(db, payment(db, placed))
    assert send(sari, placed, picture()).status_code == 303
    by_card = as_card(db, make_purchase(db, {kopi: 1}))
    assert send(sari, by_card, picture()).status_code == 303
    assert count(db) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_photos_go_ninety_days_after_their_bill_and_at_once_with_their_shopper(
    db: Database, sari: Visitor, kopi: Goods, placed: Placed
) -> None:
    second = make_purchase(db, {kopi: 1})
    for bill in (placed, second):
        send(sari, bill, picture())
    confirm(db, payment(db, placed))
    assert db.write(partial(transfer_proofs.purge_proofs, now=NOON + 89 * DAY)) == 0
    assert db.write(partial(transfer_proofs.purge_proofs, now=NOON + 90 * DAY)) == 1
    with db.writing() as session:
        session.execute(update(Contact).values(erased_at=NOON))
    assert db.write(partial(transfer_proofs.purge_proofs, now=NOON)) == 1
    assert count(db) == 0


def put(db: Database, placed: Placed, at: int, together: Barrier) -> bool:
    together.wait()
    keep = partial(
        transfer_proofs.keep_proof, payment_id=placed.payment_id, photo=bytes([at]) * 9, now=NOON
    )
    try:
        return db.write(keep)
    except EnoughProofs:
        return False


def test_eight_photos_at_once_are_three(db: Database, placed: Placed) -> None:
    together = Barrier(8)
    with ThreadPoolExecutor(8) as hands:
        taken = list(hands.map(lambda at: put(db, placed, at, together), range(8)))
    assert sum(taken) == 3
    assert count(db) == 3


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_the_lock_of_the_bill_there_would_be_more(
    db: Database, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; SQLite has one writer at a time and nothing to take away."""
    counted = Barrier(5)

    def late(*given: Any, **named: Any) -> int | None:
        counted.wait(10)  # everybody has counted by now
        return insert_if_absent(*given, **named)

    def unlocked(self: Session, model: type, ident: int, **_: Any) -> Any:
        return get(self, model, ident)

    get = Session.get
    monkeypatch.setattr(transfer_proofs, "insert_if_absent", late)
    monkeypatch.setattr(Session, "get", unlocked)
    with ThreadPoolExecutor(5) as hands:
        taken = list(hands.map(lambda at: put(db, placed, at, Barrier(1)), range(5)))
    assert sum(taken) == 5


def test_the_database_itself_keeps_the_same_photo_out(db: Database, placed: Placed) -> None:
    with pytest.raises(IntegrityError), db.writing() as session:
        session.add_all(
            TransferProof(
                payment_id=session.scalars(select(Payment.id)).one(),
                digest="x" * 64,
                photo=b"x",
                sent_at=NOON,
            )
            for _ in range(2)
        )
