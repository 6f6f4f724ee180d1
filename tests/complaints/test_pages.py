"""*Keluhan* on the pages of all three sides: who sees it, what is refused, what stays typed."""

import io
import re
from collections.abc import Sequence

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from shop.accounts.actions import give_operator_right
from shop.accounts.models import Contact, OperatorRight
from shop.complaints import views
from shop.complaints.models import Complaint, ComplaintPhoto
from shop.complaints.photos import forget
from shop.complaints.queries import for_operator, of_cooperative
from shop.complaints.rules import State, Wished
from shop.cooperatives.rules import Role
from shop.core import clock
from shop.core.database import Database
from shop.payments.models import Payee
from shop.web.csrf import CART_COOKIE
from tests.complaints.complaining import broken, complaint_of, file, stands
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.paid import refunds
from tests.refunds.giving import arrived
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

FORM = {"alasan": "broken", "jumlah": "1", "harapan": "refund", "cerita": "Bungkusnya sobek."}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=60)


@pytest.fixture
def number(db: Database, kopi: Goods) -> str:
    return arrived(db, {kopi: 3})


@pytest.fixture
def sari(client: Visitor) -> Visitor:
    client.set_cookie(CART_COOKIE, "sari")
    return client


@pytest.fixture
def wati(app: Flask, db: Database, kopi: Goods) -> Visitor:
    return somebody(app, db, kopi, "Bu Wati", Role.MANAJER)


@pytest.fixture
def dewi(app: Flask, db: Database) -> Visitor:
    person = make_person(db, "Dewi")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.OPERATE, NOON)
    return visitor(app, db, person)


def somebody(app: Flask, db: Database, goods: Goods, name: str, role: Role) -> Visitor:
    person = make_person(db, name)
    make_seat(db, goods.cooperative, person, role)
    return visitor(app, db, person)


def visitor(app: Flask, db: Database, person: object = None) -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    if person is not None:
        sign_in(client, db, person)  # type: ignore[arg-type]  # a person, or nobody
    return client


def here(number: str) -> str:
    return f"/pesanan/{number}/keluhan/1"


def at_desk(number: str) -> str:
    return f"/kelola/koperasi-gyo/pesanan/{number}/keluhan/1"


def at_operator(number: str) -> str:
    return f"/operator/keluhan/{number}/1"


def picture(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Rahasia"
    Image.new("RGB", (480, 640), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(who: Visitor, number: str, photos: Sequence[bytes] = (), **changed: str) -> TestResponse:
    fields: MultiDict[str, object] = MultiDict({**FORM, **changed})
    for place, photo in enumerate(photos):
        fields.add("foto", FileStorage(io.BytesIO(photo), filename=f"{place}.jpg"))
    boundary, body = encode_multipart(fields)
    return who.post(
        here(number), data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def count(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0


# ------------------------------------------------------------------ the whole way


def test_a_complaint_goes_from_the_order_to_the_desk_and_its_money_back(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    assert f"/pesanan/{number}/keluhan" in sari.get(f"/pesanan/{number}").text
    assert here(number) in sari.get(f"/pesanan/{number}/keluhan").text
    assert send(sari, number, [picture()]).status_code == 303
    page = sari.get(here(number)).text
    assert "Menunggu jawaban koperasi" in page
    assert "Bungkusnya sobek." in page
    assert "Keluhan: Rusak, pecah atau bocor" in sari.get(f"/pesanan/{number}").text
    # At the desk: in the list, on the order's page, on its own.
    assert at_desk(number) in wati.get("/kelola/koperasi-gyo/keluhan").text
    assert at_desk(number) in wati.get(f"/kelola/koperasi-gyo/pesanan/{number}").text
    page = wati.get(at_desk(number)).text
    assert "Bungkusnya sobek." in page
    assert f"{at_desk(number)}/foto/1" in page
    assert wati.get(f"{at_desk(number)}/foto/1").mimetype == "image/jpeg"
    fields = {"jumlah": "1", "ongkir": "", "tanggung": "kas", "kurang": "", "pesan": "Maaf."}
    assert wati.post(f"{at_desk(number)}/uang", data=fields).status_code == 303
    assert stands(db, number) is State.GRANTED
    assert [amount for _, amount in refunds(db)] == [45_000]
    page = sari.get(f"/pesanan/{number}").text
    assert "Keluhan dikabulkan: uang kembali untuk 1 bungkus" in page
    assert at_desk(number) in wati.get("/kelola/koperasi-gyo/keluhan?lihat=sudah").text
    assert broken(db) == {}


def test_refused_appealed_and_decided_with_both_sides_in_sight(
    db: Database, sari: Visitor, wati: Visitor, dewi: Visitor, number: str
) -> None:
    send(sari, number, [picture()])
    answer = wati.post(f"{at_desk(number)}/tolak", data={"alasan": "", "pesan": "Cocok."})
    assert answer.text.count('id="pesan-tolak"') == answer.text.count('id="pesan-uang"') == 1
    assert answer.status_code == 422
    assert "Pilih alasannya" in answer.text
    assert "Cocok." in answer.text
    wati.post(f"{at_desk(number)}/tolak", data={"alasan": "not_shown", "pesan": "Tidak tampak."})
    page = sari.get(here(number)).text
    assert "Tidak tampak." in page
    assert "Kerusakannya tidak terlihat di foto" in page
    assert sari.post(f"{here(number)}/banding", data={"banding": " "}).status_code == 422
    assert sari.post(f"{here(number)}/banding", data={"banding": "Lihat lagi."}).status_code == 303
    assert at_operator(number) in dewi.get("/operator/keluhan").text
    page = dewi.get(at_operator(number)).text
    for words in ("Bungkusnya sobek.", "Tidak tampak.", "Lihat lagi.", "Rp45.000"):
        assert words in page
    assert dewi.get(f"{at_operator(number)}/foto/1").status_code == 200
    fields = {"putusan": "", "jumlah": "1", "tanggung": "kas", "pesan": "Sobekannya terlihat."}
    answer = dewi.post(at_operator(number), data=fields)
    assert answer.status_code == 422
    assert "Pilih putusannya" in answer.text
    assert "Sobekannya terlihat." in answer.text
    assert dewi.post(at_operator(number), data=fields | {"putusan": "kembali"}).status_code == 303
    again = dewi.post(at_operator(number), data=fields | {"putusan": "kembali"})
    assert again.status_code == 409
    assert len(refunds(db)) == 1
    assert "Sobekannya terlihat." in sari.get(here(number)).text
    assert broken(db) == {}


def test_a_second_parcel_is_prepared_sent_and_received(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    file(db, number, wished=Wished.EXCHANGE)
    assert wati.post(f"{at_desk(number)}/barang", data={"pesan": ""}).status_code == 303
    bad = wati.post(f"{at_desk(number)}/kirim", data={"kurir": "JNE", "resi": "???"})
    assert bad.status_code == 422
    assert "JNE" in bad.text
    good = {"kurir": "JNE", "resi": "JP87654321"}
    assert wati.post(f"{at_desk(number)}/kirim", data=good).status_code == 303
    assert wati.post(f"{at_desk(number)}/kirim", data=good).status_code == 409
    assert "JP87654321" in sari.get(f"/pesanan/{number}").text
    assert sari.post(f"{here(number)}/diterima").status_code == 303
    assert stands(db, number) is State.GRANTED
    assert broken(db) == {}


@pytest.mark.parametrize("held", [True, False], ids=["operator", "cooperative"])
def test_who_keeps_the_money_itself_is_not_said_to_wait_for_it(
    db: Database, sari: Visitor, kopi: Goods, number: str, held: bool
) -> None:
    if not held:
        with db.writing() as session:
            session.execute(update(Payee).values(cooperative_id=kopi.cooperative.id))
    page = sari.get(here(number)).text
    assert "Koperasi punya 3 hari kerja untuk menjawab." in page
    assert ("tidak diteruskan ke koperasi" in page) is held
    page = sari.get(send(sari, number).location).text
    assert "Keluhan Anda sampai ke koperasi." in page
    assert ("Uang pesanan ini ditahan" in page) is held
    assert "uangnya kembali sendiri kalau nilainya kecil" in page


# ------------------------------------------------------------------ wrong input


def test_one_form_too_many_keeps_what_was_typed_and_says_how_long_to_wait(
    db: Database, sari: Visitor, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES", 1)
    refused = send(sari, number, [picture()], jumlah="9")
    draft = re.search(r'name="berkas"[^>]*value="([^"]+)"', refused.text)
    assert draft is not None
    answer = send(sari, number, berkas=draft[1])
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "Kirim lagi 60 menit lagi" in answer.text
    assert FORM["cerita"] in answer.text
    assert draft[1] in answer.text  # and the photos that came before
    assert f"{here(number)}/foto/1" in answer.text
    assert count(db) == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"jumlah": "4"}, "Yang bisa dikeluhkan 3 bungkus"),
        ({"jumlah": ""}, "Tulis berapa bungkus."),
        ({"alasan": ""}, "Pilih apa yang tidak beres."),
        ({"alasan": "meteor"}, "Pilih apa yang tidak beres."),
        ({"harapan": "rest"}, "Pilih yang cocok"),
        ({"cerita": "x" * 2_001}, "paling banyak 2000 huruf"),
    ],
    ids=["too-many", "no-count", "no-reason", "strange-reason", "no-cure", "long"],
)
def test_what_is_wrong_is_told_and_all_that_was_typed_stays(
    db: Database, sari: Visitor, number: str, changed: dict[str, str], words: str
) -> None:
    answer = send(sari, number, (), **changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert changed.get("cerita", FORM["cerita"])[:1_000] in answer.text
    assert count(db) == 0


def test_photos_that_were_read_once_are_not_lost_with_a_refused_form(
    db: Database, sari: Visitor, number: str
) -> None:
    answer = send(sari, number, [picture("red"), picture("blue")], jumlah="9")
    assert answer.status_code == 422
    draft = re.search(r'name="berkas"[^>]*value="([^"]+)"', answer.text)
    assert draft is not None
    for photo_id in (1, 2):
        assert f"{here(number)}/foto/{photo_id}" in answer.text
        assert sari.get(f"{here(number)}/foto/{photo_id}").status_code == 200
    # One is thrown out, one comes along.
    done = send(sari, number, [picture("green")], berkas=draft[1], buang="1")
    assert done.status_code == 303
    with db.reading() as session:
        kept = session.scalars(
            select(ComplaintPhoto.id).where(ComplaintPhoto.complaint_id.is_not(None))
        ).all()
        bytes_kept = session.scalars(select(ComplaintPhoto.photo)).all()
    assert sorted(kept) == [2, 3]
    assert all(b"Rahasia" not in one for one in bytes_kept)


def test_a_sixth_photo_and_what_is_none_are_refused_the_others_stay(
    db: Database, sari: Visitor, number: str
) -> None:
    colours = ("red", "green", "blue", "black", "white", "navy")
    answer = send(sari, number, [picture(colour) for colour in colours])
    assert answer.status_code == 422
    assert "Paling banyak 5 foto" in answer.text
    assert f"{here(number)}/foto/5" in answer.text
    assert f"{here(number)}/foto/6" not in answer.text
    answer = send(sari, number, [b"%PDF-1.7 bukan foto", picture()])
    assert answer.status_code == 422
    assert "bukan foto yang bisa dibaca" in answer.text
    assert count(db) == 0


def test_ten_megabytes_of_text_are_refused_before_they_are_read(
    db: Database, sari: Visitor, number: str
) -> None:
    assert send(sari, number, cerita="x" * 10_000_000).status_code == 413
    assert count(db) == 0


def test_a_script_is_shown_as_text_to_every_side(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, cerita=SCRIPT)
    for page in (sari.get(here(number)).text, wati.get(at_desk(number)).text):
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


def test_twice_for_one_line_and_after_the_window_are_told(
    db: Database, sari: Visitor, kopi: Goods, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(sari, number).status_code == 303
    answer = send(sari, number)
    assert answer.status_code == 422
    assert "sudah Anda keluhkan" in answer.text
    late = arrived(db, {kopi: 1})
    monkeypatch.setattr(clock, "now", lambda: NOON + 10 * DAY)
    answer = send(sari, late)
    assert answer.status_code == 422
    assert "Waktu mengeluh untuk pesanan ini sudah lewat" in answer.text
    assert "keluhan" not in sari.get(f"/pesanan/{late}").text
    assert count(db) == 1


def test_the_photos_of_another_orders_form_come_with_no_complaint(
    db: Database, sari: Visitor, kopi: Goods, number: str
) -> None:
    other = arrived(db, {kopi: 1})
    refused = send(sari, other, [picture()], jumlah="9")
    draft = re.search(r'name="berkas"[^>]*value="([^"]+)"', refused.text)
    assert draft is not None
    assert send(sari, number, berkas=draft[1]).status_code == 303
    assert sari.get(f"{here(number)}/foto/1").status_code == 404
    assert complaint_of(db, number).packs == 1
    with db.reading() as session:
        assert session.scalars(select(ComplaintPhoto.complaint_id)).all() == [None]


# ------------------------------------------------------------------ who may


def test_for_strangers_there_is_no_complaint_and_no_photo(
    app: Flask, db: Database, sari: Visitor, number: str
) -> None:
    send(sari, number, [picture()])
    joko = visitor(app, db, make_person(db, "Joko"))
    joko.set_cookie(CART_COOKIE, "joko")
    for who in (joko, visitor(app, db)):
        for path in ("", "/foto/1"):
            assert who.get(here(number) + path).status_code == 404
        assert who.get(f"/pesanan/{number}/keluhan").status_code == 404
        for step in ("", "/tarik", "/banding", "/diterima"):
            data = FORM if not step else {"banding": "Saya."}
            assert who.post(here(number) + step, data=data).status_code == 404
    assert stands(db, number) is State.OPEN


def test_another_cooperatives_desk_finds_none_and_who_only_packs_may_not(
    app: Flask, db: Database, sari: Visitor, kopi: Goods, number: str
) -> None:
    send(sari, number, [picture()])
    kintamani = make_goods(db, make_cooperative(db, "KTM", "Koperasi Kintamani"))
    made = somebody(app, db, kintamani, "Pak Made", Role.MANAJER)
    packer = somebody(app, db, kopi, "Joko", Role.PENGEMAS)
    foreign = at_desk(number).replace("koperasi-gyo", "koperasi-ktm")
    for path in ("", "/foto/1"):
        assert made.get(foreign + path).status_code == 404
        assert packer.get(at_desk(number) + path).status_code == 403
    for step in ("uang", "barang", "kirim", "tolak"):
        assert made.post(f"{foreign}/{step}", data={"pesan": "x"}).status_code == 404
        assert packer.post(f"{at_desk(number)}/{step}", data={}).status_code == 403
    for desk in (made, packer):
        assert desk.get(at_operator(number)).status_code in (403, 404)
        assert desk.post(at_operator(number), data={}).status_code in (403, 404)
    assert stands(db, number) is State.OPEN


def test_a_draft_is_seen_by_its_shopper_alone(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture()], jumlah="9")
    file(db, number)
    assert sari.get(f"{here(number)}/foto/1").status_code == 200
    assert wati.get(f"{at_desk(number)}/foto/1").status_code == 404


def test_words_and_photos_go_with_their_shopper(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture()])
    wati.post(f"{at_desk(number)}/tolak", data={"alasan": "as_said", "pesan": "Halo Bu Sari."})
    assert db.write(lambda session: forget(session, NOON)) == 0
    with db.writing() as session:
        session.execute(update(Contact).where(Contact.name == "Sari").values(erased_at=NOON))
    assert db.write(lambda session: forget(session, NOON)) == 1
    found = complaint_of(db, number)
    assert (found.words, found.answer_words) == ("", "")


def test_photos_go_half_a_year_after_the_end_and_drafts_after_a_day(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture("red")], jumlah="9")
    send(sari, number, [picture()])
    assert db.write(lambda session: forget(session, NOON + DAY)) == 1
    sari.post(f"{here(number)}/tarik")
    assert db.write(lambda session: forget(session, NOON + 179 * DAY)) == 0
    assert db.write(lambda session: forget(session, NOON + 181 * DAY)) == 1


def test_a_list_costs_the_same_statements_with_two_and_with_twenty(
    db: Database, kopi: Goods
) -> None:
    costs = []
    for wanted in (2, 18):
        for _ in range(wanted):
            file(db, arrived(db, {kopi: 1}))
        with db.reading() as session, statements(db) as seen:
            of_cooperative(session, kopi.cooperative.id, is_over=False)
            of_cooperative(session, kopi.cooperative.id, is_over=True)
            for_operator(session)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_choosing_goods_costs_the_same_statements_with_one_line_and_with_six(
    db: Database, sari: Visitor, kopi: Goods
) -> None:
    others = [make_goods(db, kopi.cooperative, on_hand=9) for _ in range(5)]
    costs = []
    for packs in ({kopi: 1}, dict.fromkeys([kopi, *others], 1)):
        number = arrived(db, packs)
        with statements(db) as seen:
            page = sari.get(f"/pesanan/{number}/keluhan").text
        assert page.count("Keluhkan barang ini") == len(packs)
        costs.append(len(seen))
    assert costs[0] == costs[1]
