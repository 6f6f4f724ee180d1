"""Tariffs and delivery lists as people keep them."""

import csv
from collections.abc import Mapping
from datetime import date, time

import pytest

from config import ROOT
from shop.core.database.engine import Database
from shop.core.values.units import Grams, Millimetres
from shop.shipping.quotes.queries import quote_all
from shop.shipping.rates.actions import load_rates
from shop.shipping.rates.errors import WrongRates
from shop.shipping.rates.invariants import verify
from shop.shipping.rates.rate_import import read_delivery, read_services, read_tariff
from shop.shipping.rates.rules import Unit
from tests.factories import make_cooperative

DATA = ROOT / "demo" / "data"
RATE = {
    "kode_koperasi": "GRT",
    "layanan": "jne-reg",
    "tujuan": "32.05",
    "nama_tujuan": "Kabupaten Garut",
    "harga_per_kg_idr": "Rp9.000",
    "hari_paling_cepat": "1",
    "hari_paling_lama": "2",
    "jalur": "darat",
}
ROUND = {
    "kode_koperasi": "GRT",
    "cara": "antar",
    "nama": "Antar sendiri",
    "wilayah": "32.05 Kab. Garut;32.73.01 Kec. Sukasari",
    "hari": "Kam Sel sab",
    "batas_jam": "09.30",
    "ongkir_idr": "12rb",
    "gratis_mulai_idr": "",
    "hari_paling_cepat": "0",
    "hari_paling_lama": "3",
    "catatan": " ",
}
SERVICE = {
    "layanan": "jne-reg",
    "kurir": "JNE",
    "nama": "JNE Reguler",
    "pembagi_volume": "6000",
    "toleransi_g": "300",
    "minimum_g": "1000",
}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_rate_is_read_as_people_write_it() -> None:
    (rate,) = read_tariff([RATE])
    assert (rate.area_code, rate.price_per_kg, rate.by_air) == ("32.05", 9_000, False)


def test_a_round_is_read_as_people_write_it() -> None:
    _, (own,) = read_delivery([ROUND])
    assert own.areas == ("32.05", "32.73.01")
    assert (own.weekdays, own.cut_off) == ("246", time(9, 30))
    assert (own.fee, own.free_from, own.note) == (12_000, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"harga_per_kg_idr": "-9000"},
        {"harga_per_kg_idr": "10.5"},
        {"tujuan": "Jawa Barat"},
        {"tujuan": "32.05.07.2001"},
        {"hari_paling_lama": "0"},
        {"jalur": "kapal"},
        {"layanan": ""},
        {"kode_koperasi": " "},
    ],
)
def test_a_wrong_rate_names_its_row_and_column(wrong: Mapping[str, str]) -> None:
    with pytest.raises(WrongRates) as refusal:
        read_tariff([RATE, {**RATE, **wrong}])
    assert (refusal.value.row, refusal.value.column) == (3, next(iter(wrong)))
    assert refusal.value.value == next(iter(wrong.values()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"cara": "terbang"},
        {"hari": "Sen Sen"},
        {"hari": "Senin"},
        {"batas_jam": "25.00"},
        {"wilayah": "Garut"},
        {"ongkir_idr": ""},
        {"gratis_mulai_idr": "banyak"},
    ],
)
def test_a_wrong_round_names_its_row_and_column(wrong: Mapping[str, str]) -> None:
    with pytest.raises(WrongRates) as refusal:
        read_delivery([{**ROUND, **wrong}])
    assert (refusal.value.row, refusal.value.column) == (2, next(iter(wrong)))


@pytest.mark.parametrize(
    "wrong",
    [{"minimum_g": "1500"}, {"minimum_g": "0"}, {"pembagi_volume": "0"}, {"toleransi_g": "1000"}],
)
def test_a_wrong_service_names_its_row_and_column(wrong: Mapping[str, str]) -> None:
    with pytest.raises(WrongRates) as refusal:
        read_services([{**SERVICE, **wrong}])
    assert refusal.value.column == next(iter(wrong))


def test_the_demos_lists_cover_every_cooperative_and_courier() -> None:
    services = {service.courier: service.code for service in read_services(_rows("couriers"))}
    tariff = {(rate.cooperative, rate.service): 0 for rate in read_tariff(_rows("tariff"))}
    for rate in read_tariff(_rows("tariff")):
        tariff[rate.cooperative, rate.service] += 1
    pickups, rounds = read_delivery(_rows("delivery"))
    cooperatives = _rows("cooperatives")
    assert set(tariff) == {
        (row["kode"], services[courier])
        for row in cooperatives
        for courier in row["kurir"].split(";")
    }
    assert set(tariff.values()) == {38}
    codes = {row["kode"] for row in cooperatives}
    assert {row.cooperative for row in pickups} == {row.cooperative for row in rounds} == codes


def test_a_cooperative_drives_where_it_also_takes_cash() -> None:
    _, rounds = read_delivery(_rows("delivery"))
    driven = {own.cooperative: own.areas for own in rounds}
    for row in _rows("cooperatives"):
        assert len(driven[row["kode"]]) == len(row["area_cod"].split(";"))
        assert all(area.startswith(row["kode_wilayah"][:5]) for area in driven[row["kode"]])


def test_the_demos_lists_load_and_again_change_nothing(mapped: Database) -> None:
    ids = {
        row["kode"]: make_cooperative(mapped, row["kode"], row["nama"]).id
        for row in _rows("cooperatives")
    }
    coffee = Unit(2, Grams(250), Millimetres(200), Millimetres(100), Millimetres(60))
    seen = []
    for _ in range(2):
        with mapped.writing() as session:
            load_rates(
                session,
                cooperatives=ids,
                services=_rows("couriers"),
                tariff=_rows("tariff"),
                delivery=_rows("delivery"),
                since=date(2026, 11, 1),
            )
        with mapped.reading() as session:
            assert all(check.ok for check in verify(session).values())
            quotes = quote_all(
                session,
                {cooperative_id: [coffee] for cooperative_id in ids.values()},
                "32.05.07.2007",
                on=date(2026, 11, 23),
            )
        assert {quote.kind for quote in quotes[ids["GRT"]]} == {"pickup", "own", "courier"}
        assert {quote.kind for quote in quotes[ids["GYO"]]} == {"pickup", "courier"}
        assert all(quotes[cooperative_id][0].fee == 0 for cooperative_id in ids.values())
        seen.append(quotes)
    assert seen[0] == seen[1]
