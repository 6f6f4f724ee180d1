"""Shopper and cooperative write to each other: once, told once, and to nobody else."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.aftersales.conversations import actions, queries, thread_pages
from shop.aftersales.conversations.actions import erase_for_people
from shop.aftersales.conversations.models import Conversation, Message, MessagePhoto
from shop.aftersales.conversations.rules import MAX_MESSAGE_LENGTH, Side, place_at_desk
from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.people.accounts.models import Contact, Person
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.services.outbox.models import Notice
from shop.web.security.csrf import CART_COOKIE
from shop.web.security.rate_limits import Limit
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
from tests.support.at_once import together
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

SCRIPT = "<script>alert(1)</script>"


class Village:
    """Sari bought of Gayo and may ask; Bu Wati answers; Joko and Pak Made are others."""

    def __init__(self, app: Flask, db: Database) -> None:
        self.app, self.db = app, db
        self.gayo = make_cooperative(db)
        self.kintamani = make_cooperative(db, "KTM", "Koperasi Kintamani")
        self.sari, self.joko = make_person(db), make_person(db, "Joko")
        self.wati, self.made = make_person(db, "Bu Wati"), make_person(db, "Pak Made")
        make_seat(db, self.gayo, self.wati, Role.MANAJER)
        make_seat(db, self.kintamani, self.made, Role.MANAJER)
        self.goods: Goods = make_goods(db, self.gayo, on_hand=9)
        self.placed: Placed = make_purchase(db, {self.goods: 1}, person=self.sari)
        self.number = self.placed.numbers[0]
        self.order = f"/pesanan/{self.number}/percakapan"
        self.desk = f"/kelola/koperasi-gyo/pesanan/{self.number}/percakapan"

    def visitor(self, person: Person | None = None) -> Visitor:
        client = self.app.test_client()
        assert isinstance(client, Visitor)
        if person is not None:
            sign_in(client, self.db, person)
        return client

    def messages(self) -> list[tuple[Side, str]]:
        with self.db.reading() as session:
            rows = session.execute(select(Message.side, Message.text).order_by(Message.id))
            return [(side, text) for side, text in rows]

    def told(self) -> list[tuple[str, int]]:
        with self.db.reading() as session:
            rows = session.execute(select(Notice.kind, Notice.contact_id).order_by(Notice.id))
            return [(kind, contact) for kind, contact in rows]


@pytest.fixture
def village(app: Flask, db: Database) -> Village:
    return Village(app, db)


def picture() -> io.BytesIO:
    """A photo as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (700, 900), (120, 80, 30)).save(out, "JPEG")
    out.seek(0)
    return out


def test_a_question_reaches_the_desk_and_the_answer_comes_back(village: Village) -> None:
    sari, wati = village.visitor(village.sari), village.visitor(village.wati)
    assert "Tanya koperasi" in sari.get(f"/pesanan/{village.number}").text
    asked = sari.post(village.order, data={"pesan": "Kapan dikirim?"}, follow_redirects=True)
    assert "Kapan dikirim?" in asked.text
    desk = wati.get("/kelola/koperasi-gyo/percakapan").text
    assert "1 pembeli menunggu jawaban." in desk
    assert f'href="{village.desk}"' in desk
    assert "<b>Sari</b>" in desk  # the whole name stands on the order, for who works on it
    assert "Kapan dikirim?" in wati.get(village.desk).text
    wati.post(village.desk, data={"pesan": "Besok pagi."})
    assert "Besok pagi." in sari.get(village.order).text
    assert "Semua sudah dijawab." in wati.get("/kelola/koperasi-gyo/percakapan").text
    assert village.messages() == [(Side.SHOPPER, "Kapan dikirim?"), (Side.DESK, "Besok pagi.")]


def test_messages_are_told_once_until_they_were_seen(village: Village) -> None:
    sari, wati = village.visitor(village.sari), village.visitor(village.wati)
    for text in ("Satu", "Dua", "Tiga"):
        sari.post(village.order, data={"pesan": text})
    assert village.told() == [("message_new", village.wati.contact_id)]
    wati.get(village.desk)
    sari.post(village.order, data={"pesan": "Empat"})
    assert len(village.told()) == 2
    for text in ("Lima", "Enam"):
        wati.post(village.desk, data={"pesan": text})
    assert village.told()[2:] == [("message_answer", village.sari.contact_id)]


def test_who_looked_has_read_the_notice_that_led_there(village: Village, db: Database) -> None:
    village.visitor(village.sari).post(village.order, data={"pesan": "Satu"})
    with db.writing() as session:
        session.execute(update(Notice).values(person_id=village.wati.id))
    village.visitor(village.wati).get(village.desk)
    with db.reading() as session:
        assert session.scalar(select(Notice.read_at)) is not None


@pytest.mark.parametrize("who", ["joko", "nobody", "another order"])
def test_an_order_of_others_has_no_conversation(village: Village, db: Database, who: str) -> None:
    village.visitor(village.sari).post(
        village.order, data={"pesan": "Rahasia", "foto": (picture(), "a.jpg")}
    )
    stranger = village.visitor(village.joko if who != "nobody" else None)
    if who == "another order":  # the cookie of another purchase opens that one alone
        make_purchase(db, {village.goods: 1}, person=village.joko)
        stranger.set_cookie(CART_COOKIE, "x" * 43)
    for answer in (
        stranger.get(village.order),
        stranger.get(f"{village.order}/foto/1"),
        stranger.post(village.order, data={"pesan": "Saya"}),
    ):
        assert answer.status_code == 404
        assert "Rahasia" not in answer.text
    assert len(village.messages()) == 1


def test_a_photo_of_another_conversation_is_not_there(village: Village, db: Database) -> None:
    village.visitor(village.sari).post(
        village.order, data={"pesan": "", "foto": (picture(), "a.jpg")}
    )
    other = make_purchase(db, {village.goods: 1}, person=village.joko).numbers[0]
    joko = village.visitor(village.joko)
    assert joko.get(f"/pesanan/{other}/percakapan/foto/1").status_code == 404
    assert village.visitor(village.sari).get(f"{village.order}/foto/1").status_code == 200


def test_another_cooperative_sees_and_answers_nothing(village: Village) -> None:
    sari = village.visitor(village.sari)
    sari.post(village.order, data={"pesan": "Rahasia", "foto": (picture(), "a.jpg")})
    sari.post(f"/produk/{_slug(village)}/tanya", data={"pesan": "Rahasia juga"})
    made = village.visitor(village.made)
    own_desk = "/kelola/koperasi-ktm"
    for path in (f"pesanan/{village.number}/percakapan", "percakapan/2"):
        for desk in (own_desk, "/kelola/koperasi-gyo"):
            for address in (f"{desk}/{path}", f"{desk}/{path}/foto/1"):
                assert made.get(address).status_code == 404
            assert made.post(f"{desk}/{path}", data={"pesan": "Saya"}).status_code == 404
    assert "Rahasia" not in made.get(f"{own_desk}/percakapan").text
    assert len(village.messages()) == 2


def test_who_only_packs_may_not_read_and_who_supervises_may_not_write(
    village: Village, db: Database
) -> None:
    village.visitor(village.sari).post(village.order, data={"pesan": "Kapan?"})
    packer, supervisor = make_person(db, "Ujang"), make_person(db, "Bu Rini")
    make_seat(db, village.gayo, packer, Role.PENGEMAS)
    make_seat(db, village.gayo, supervisor, Role.PENGAWAS)
    assert village.visitor(packer).get(village.desk).status_code == 403
    looks = village.visitor(supervisor)
    assert "Kapan?" in looks.get(village.desk).text
    assert looks.post(village.desk, data={"pesan": "Saya"}).status_code == 403
    with db.reading() as session:  # and what they saw, the managers have not
        assert session.scalar(select(Conversation.desk_saw)) == 0


def test_goods_are_asked_about_with_an_account(village: Village, db: Database) -> None:
    address = f"/produk/{_slug(village)}/tanya"
    assert village.visitor().get(address).status_code == 303
    sari = village.visitor(village.sari)
    sari.post(address, data={"pesan": "Digiling halus?"})
    assert "Digiling halus?" not in village.visitor(village.joko).get(address).text
    village.visitor(village.wati).post(
        "/kelola/koperasi-gyo/percakapan/1", data={"pesan": "Bisa keduanya."}
    )
    assert "Bisa keduanya." in sari.get(address).text
    mine = sari.get("/akun/percakapan").text
    assert f'href="{address}"' in mine
    assert village.visitor(village.sari).get("/produk/tidak-ada/tanya").status_code == 404


def test_script_is_shown_as_the_text_that_it_is(village: Village) -> None:
    sari = village.visitor(village.sari)
    page = sari.post(village.order, data={"pesan": SCRIPT}, follow_redirects=True).text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert SCRIPT not in village.visitor(village.wati).get(village.desk).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Tulis pesannya, misalnya"),
        ("  \x00 \u202e ", "Tulis pesannya, misalnya"),
        ("panjang " * MAX_MESSAGE_LENGTH, "Terlalu panjang"),
    ],
)
def test_a_message_that_is_none_is_refused_and_kept(
    village: Village, typed: str, sentence: str
) -> None:
    answer = village.visitor(village.sari).post(village.order, data={"pesan": typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert typed.strip("\x00 \u202e")[:4_000] in answer.text
    assert village.messages() == []


def test_ten_megabytes_of_text_are_refused_before_they_are_read(village: Village) -> None:
    words = b"a" * 10_000_000
    part = b'--x\r\nContent-Disposition: form-data; name="pesan"\r\n\r\n' + words + b"\r\n--x--"
    for kind, body in (
        ("application/x-www-form-urlencoded", b"pesan=" + words),
        ("multipart/form-data; boundary=x", part),
    ):
        answer = village.visitor(village.sari).post(village.order, data=body, content_type=kind)
        assert answer.status_code == 413
        assert "masih ada di halaman sebelumnya" in answer.text
    assert village.messages() == []


def test_up_to_five_photos_go_along_and_are_private(village: Village, db: Database) -> None:
    sari = village.visitor(village.sari)
    six = {"pesan": "Lihat", "foto": [(picture(), f"{n}.jpg") for n in range(6)]}
    refused = sari.post(village.order, data=six)
    assert refused.status_code == 422
    assert "Paling banyak 5 foto" in refused.text
    assert "Lihat" in refused.text
    no_photo = {"pesan": "Lihat", "foto": (io.BytesIO(b"%PDF-1.7"), "a.jpg")}
    assert sari.post(village.order, data=no_photo).status_code == 422
    five = {"pesan": "Lihat", "foto": [(picture(), f"{n}.jpg") for n in range(5)]}
    sari.post(village.order, data=five)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(MessagePhoto)) == 5
    shown = sari.get(f"{village.order}/foto/1")
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert village.visitor(village.wati).get(f"{village.desk}/foto/1").data == shown.data


def test_one_form_sent_twice_is_one_message_and_other_words_are_another(village: Village) -> None:
    sari = village.visitor(village.sari)
    (key,) = re.findall(r'name="kunci"[^>]*value="([^"]+)"', sari.get(village.order).text)
    for text in ("Kapan?", "Kapan?", "Kapan dikirim?"):
        sari.post(village.order, data={"pesan": text, "kunci": key})
    assert [text for _side, text in village.messages()] == ["Kapan?", "Kapan dikirim?"]


def test_too_many_messages_wait_and_keep_what_was_typed(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(thread_pages.TRIES, Side.SHOPPER, Limit("message:shopper", 2, 3_600))
    sari = village.visitor(village.sari)
    for n in range(2):
        assert sari.post(village.order, data={"pesan": f"Pesan {n}"}).status_code == 303
    answer = sari.post(village.order, data={"pesan": "Sekali lagi"})
    assert answer.status_code == 429
    assert "Terlalu banyak pesan" in answer.text
    assert "Sekali lagi" in answer.text
    assert len(village.messages()) == 2


def test_a_suspended_cooperative_is_not_written_to(village: Village, db: Database) -> None:
    sari = village.visitor(village.sari)
    sari.post(village.order, data={"pesan": "Kapan?"})
    with db.writing() as session:
        session.execute(update(Cooperative).values(suspension="Izinnya diperiksa."))
    page = sari.get(village.order).text
    assert "percakapannya ditutup dulu" in page
    assert "Kapan?" in page
    for visitor, address in ((sari, village.order), (village.visitor(village.wati), village.desk)):
        answer = visitor.post(address, data={"pesan": "Halo?"})
        assert answer.status_code == 409
        assert "Halo?" in answer.text
    assert len(village.messages()) == 1


def test_who_is_forgotten_leaves_no_words_and_no_photos(village: Village, db: Database) -> None:
    sari = village.visitor(village.sari)
    sari.post(village.order, data={"pesan": "Alamat saya", "foto": (picture(), "a.jpg")})
    village.visitor(village.wati).post(village.desk, data={"pesan": "Baik, Bu Sari"})
    with db.writing() as session:
        assert erase_for_people(session) == 0
        session.execute(
            update(Contact).where(Contact.id == village.sari.contact_id).values(erased_at=NOON)
        )
        assert erase_for_people(session) == 2
        assert erase_for_people(session) == 0
    assert [text for _side, text in village.messages()] == ["", ""]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(MessagePhoto)) == 0
    assert "Pesan ini sudah dihapus." in village.visitor(village.wati).get(village.desk).text


def test_the_longest_waiting_stands_first_then_the_latest_answered() -> None:
    def place(hours_waiting: int | None, hours_ago: int) -> int:
        since = None if hours_waiting is None else NOON - timedelta(hours=hours_waiting)
        return place_at_desk(waits_since=since, last_at=NOON - timedelta(hours=hours_ago))

    order = [place(9, 1), place(2, 2), place(None, 1), place(None, 5)]
    assert order == sorted(order)


def test_lists_are_paged_and_cost_the_same_statements(village: Village, db: Database) -> None:
    def ask(people: int) -> None:
        for _ in range(people):
            asker = make_person(db, "Penanya")
            with db.writing() as session:
                subject = queries.subject_of_product(
                    session, _slug(village), contact_id=asker.contact_id, person_id=asker.id
                )
                assert subject is not None
                actions.write(
                    session, subject, Side.SHOPPER, text="Ada?", key=str(asker.id), now=NOON
                )

    wati = village.visitor(village.wati)

    def cost() -> int:
        with statements(db) as found:
            assert wati.get("/kelola/koperasi-gyo/percakapan").status_code == 200
        return len(found)

    ask(2)
    few = cost()
    ask(28)
    assert cost() == few
    page = wati.get("/kelola/koperasi-gyo/percakapan").text
    (further,) = re.findall(r'href="(/kelola/koperasi-gyo/percakapan\?setelah=[^"]+)"', page)
    assert page.count("Belum dijawab") == 24
    assert wati.get(further).text.count("Belum dijawab") == 6


def _slug(village: Village) -> str:
    with village.db.reading() as session:
        return session.scalars(select(Product.slug)).one()


def _write(village: Village, key: str) -> bool:
    def work(session: Session) -> bool:
        subject = queries.subject_of_order(session, village.placed.order_ids[0])
        return actions.write(session, subject, Side.SHOPPER, text="Kapan?", key=key, now=NOON)

    return village.db.write(work)


def test_two_submits_at_once_are_one_message_in_one_conversation(village: Village) -> None:
    results = together(*[lambda: _write(village, "k" * 64)] * 4)
    assert sorted(map(str, results)) == ["False", "False", "False", "True"]
    assert len(village.messages()) == 1
    assert village.told() == [("message_new", village.wati.contact_id)]


def test_without_the_key_of_the_form_two_submits_are_two_messages(village: Village) -> None:
    """The control."""
    together(lambda: _write(village, "a" * 64), lambda: _write(village, "b" * 64))
    assert len(village.messages()) == 2
