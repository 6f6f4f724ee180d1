"""Making and stopping vouchers at the desk of who pays for them."""

import pytest
from flask import Flask

from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.trade import sign_in

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)
TYPED = {"kode": "panen 10", "persen": "7,5", "sampai": "2027-06-30", "kuota": "50"}


def desk_of(app: Flask, login: str) -> Customer:
    found = Customer(InProcess(app))
    sign_in(found, login)
    return found


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("operator@lumbung.example", "/operator/voucher"),
        ("pengelola@gyo.koperasi.example", "/kelola/{desk}/voucher"),
    ],
)
def test_a_sponsor_makes_a_voucher_and_stops_it(market_app: Flask, login: str, path: str) -> None:
    desk = desk_of(market_app, login)
    home = desk.go("/kelola").path if "{desk}" in path else ""
    desk.go(path.format(desk=home.rpartition("/")[2]))
    page = desk.press("Buat voucher", {**TYPED, "mulai": "2026-11-01"})
    assert "Voucher PANEN10 dibuat." in page.words
    assert "Potong 7,5 %" in page.words
    assert "dipakai 0 dari 50" in page.words
    again = desk.press("Buat voucher", {**TYPED, "mulai": "2026-11-01"})
    assert again.status == 422
    assert "Kode ini sudah dipakai" in again.words
    page = desk.go(page.path)
    page = desk.press("Hentikan", {})
    assert "Dihentikan" in page.words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kode": "A"}, "Tulis 3 sampai 24"),
        ({"persen": "0"}, "Tulis persennya, misalnya 10"),
        ({"persen": "1e3"}, "misalnya 5 atau 7,5"),
        ({"jenis": "rupiah", "rupiah": ""}, "Tulis rupiahnya"),
        ({"paling": "0"}, "Tulis paling sedikit Rp1"),
        ({"paling": "10.5"}, "Tulis jumlahnya tanpa sen"),
        ({"kuota": "-1"}, "Tulis angka bulat"),
        ({"kuota": "٥"}, "Tulis angka bulat"),
        ({"sampai": "2026-10-01"}, "tidak mendahului"),
        ({"sampai": "9999-12-31"}, "dua tahun ke depan"),
        ({"sampai": "besok"}, "Tulis tanggalnya"),
    ],
)
def test_a_wrong_voucher_says_what_a_right_one_looks_like(
    market_app: Flask, typed: dict[str, str], said: str
) -> None:
    desk = desk_of(market_app, "operator@lumbung.example")
    desk.go("/operator/voucher")
    page = desk.press("Buat voucher", {**TYPED, "mulai": "2026-11-01", **typed})
    assert page.status == 422
    assert said in page.words
