"""A complaint's form that cannot be taken: what is refused, what is said, what stays typed."""

import re

import pytest
from sqlalchemy import select

from shop.aftersales.complaint_answers import views
from shop.aftersales.complaints.models import ComplaintPhoto
from shop.core.database.engine import Database
from shop.core.values import clock
from tests.aftersales.browsers import FORM, at_desk, count, here, picture, send
from tests.aftersales.complaining import complaint_of
from tests.aftersales.giving import arrived
from tests.factories import DAY, NOON, Goods
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_ten_megabytes_of_text_are_refused_before_they_are_read(
    db: Database, sari: Visitor, number: str
) -> None:
    assert send(sari, number, cerita="x" * 10_000_000).status_code == 413
    assert count(db) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_script_is_shown_as_text_to_every_side(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, cerita=SCRIPT)
    for page in (sari.get(here(number)).text, wati.get(at_desk(number)).text):
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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
