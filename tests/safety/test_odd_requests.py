"""Requests that no browser makes: each is refused in words, none breaks a page."""

import base64
import json
from urllib.parse import urlencode

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.people.cooperatives.models import Role
from shop.web.security.csrf import FIELD
from tests.factories import make_cooperative, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

HALF_ADDRESSES = ("http://[", "http://a]b", "http://[::1", "//[")


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("address", HALF_ADDRESSES)
def test_half_an_address_as_origin_is_a_foreign_form(client: Visitor, address: str) -> None:
    form = {FIELD: client.token(), "varian": "1"}
    client.sends_token = False
    answer = client.post("/keranjang/isi", data=form, headers={"Origin": address})
    assert answer.status_code == 400


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("address", HALF_ADDRESSES)
def test_half_an_address_as_referer_leads_back_to_the_cart(client: Visitor, address: str) -> None:
    answer = client.post(
        "/keranjang/isi", data={"varian": "1", "jumlah": "0"}, headers={"Referer": address}
    )
    assert answer.status_code == 422
    assert 'href="/keranjang"' in answer.text


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("name", ["a" * 300, "a" * 5_000, "a-" * 90, "é" * 200])
def test_a_letter_by_a_name_too_long_for_a_file_is_not_there(client: Visitor, name: str) -> None:
    assert client.get(f"/surat-demo/{name}").status_code == 200
    assert "Subject" not in client.get(f"/surat-demo/{name}").text


CURSORS: tuple[list[object], ...] = (
    ["\ud800", 1],
    ["\x00", 1],
    ["0001-01-01T00:00:00+23:59", 1],
    ["9999-12-31T23:59:59-23:59", 1],
    ["9999-12-31T23:59:59+00:00", 2**63 - 1],
)


def test_no_cursor_breaks_a_page_of_the_desk(app: Flask, client: Visitor, db: Database) -> None:
    gayo, wati = make_cooperative(db), make_person(db, "Wati")
    make_seat(db, gayo, wati, Role.MANAJER)
    sign_in(client, db, wati)
    desk = f"/kelola/{gayo.slug}"
    pages = (f"{desk}/anggota", f"{desk}/produk", f"{desk}/pesanan?tahap=baru", f"{desk}/kabar")
    for page in pages:
        for key in CURSORS:
            raw = json.dumps(key).encode()
            cursor = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
            sign = "&" if "?" in page else "?"
            answer = client.get(f"{page}{sign}{urlencode({'setelah': cursor})}")
            assert answer.status_code == 200, f"{page} {key}"
