"""A complaint's words and photos: who sees them, and until when they are there."""

import pytest
from flask import Flask
from sqlalchemy import update

from shop.aftersales.complaints.photos import purge
from shop.aftersales.complaints.rules import State
from shop.core.database.engine import Database
from shop.people.accounts.models import Contact
from shop.people.cooperatives.rules import Role
from shop.web.security.csrf import CART_COOKIE
from tests.aftersales.browsers import (
    FORM,
    at_desk,
    at_operator,
    here,
    picture,
    send,
    somebody,
    visitor,
)
from tests.aftersales.complaining import complaint_of, file, stands
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, make_person
from tests.support.engines import PAGES
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_draft_is_seen_by_its_shopper_alone(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture()], jumlah="9")
    file(db, number)
    assert sari.get(f"{here(number)}/foto/1").status_code == 200
    assert wati.get(f"{at_desk(number)}/foto/1").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_words_and_photos_go_with_their_shopper(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture()])
    wati.post(f"{at_desk(number)}/tolak", data={"alasan": "as_said", "pesan": "Halo Bu Sari."})
    assert db.write(lambda session: purge(session, NOON)) == 0
    with db.writing() as session:
        session.execute(update(Contact).where(Contact.name == "Sari").values(erased_at=NOON))
    assert db.write(lambda session: purge(session, NOON)) == 1
    found = complaint_of(db, number)
    assert (found.words, found.answer_words) == ("", "")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_photos_go_half_a_year_after_the_end_and_drafts_after_a_day(
    db: Database, sari: Visitor, wati: Visitor, number: str
) -> None:
    send(sari, number, [picture("red")], jumlah="9")
    send(sari, number, [picture()])
    assert db.write(lambda session: purge(session, NOON + DAY)) == 1
    sari.post(f"{here(number)}/tarik")
    assert db.write(lambda session: purge(session, NOON + 179 * DAY)) == 0
    assert db.write(lambda session: purge(session, NOON + 181 * DAY)) == 1
