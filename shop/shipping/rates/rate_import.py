"""Delivery lists and tariffs as people keep them: rows of a spreadsheet."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from shop.core.formats.csv_files import read_table
from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah, parse_rupiah
from shop.core.values.text import parse_count
from shop.core.values.units import Grams
from shop.shipping.rates.errors import WrongRates
from shop.shipping.rates.rules import OpenHours

Row = Mapping[str, str]

_DAYS = {"sen": "1", "sel": "2", "rab": "3", "kam": "4", "jum": "5", "sab": "6", "min": "7"}
_AREA = re.compile(r"(\d{2}(?:\.\d{2}){0,2})(?:\s.*)?")
_CLOCK = re.compile(r"([01]\d|2[0-3])[.:]([0-5]\d)")
_HOURS = re.compile(
    r"(?:Setiap hari|(\w+)–(\w+)) ([01]\d|2[0-3])\.([0-5]\d)–([01]\d|2[0-3])\.([0-5]\d)"
)
_NOON = time(12)
_WAYS = {"darat": False, "laut": False, "udara": True}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A courier's service and how it counts weight."""

    code: str
    courier: str
    name: str
    divisor: int
    tolerance: Grams
    minimum: Grams


@dataclass(frozen=True, slots=True)
class RateRow:
    """One price of one cooperative's service to one area."""

    cooperative: str
    service: str
    area_code: str
    price_per_kg: Rupiah
    days_least: int
    days_most: int
    by_air: bool


@dataclass(frozen=True, slots=True)
class PickupRow:
    """Where a cooperative hands goods over."""

    cooperative: str
    name: str
    address: str
    hours: OpenHours


@dataclass(frozen=True, slots=True)
class RoundRow:
    """Where, when and for how much a cooperative drives itself."""

    cooperative: str
    name: str
    areas: tuple[str, ...]
    weekdays: str
    cut_off: time
    fee: Rupiah
    free_from: Rupiah | None
    days_least: int
    days_most: int
    cash_most: Rupiah | None
    note: str | None


class _Cells:
    """The cells of one row; a cell that cannot be read names its row and column."""

    def __init__(self, number: int, row: Row) -> None:
        self.number, self.row = number, row

    def refuse(self, column: str) -> WrongRates:
        return WrongRates(self.number, column, self.row.get(column) or "")

    def text(self, column: str) -> str:
        value = (self.row.get(column) or "").strip()
        if not value:
            raise self.refuse(column)
        return value

    def count(self, column: str, *, minimum: int = 0, maximum: int = 1_000_000) -> int:
        try:
            return parse_count(self.text(column), minimum=minimum, maximum=maximum)
        except InvalidInput as fault:
            raise self.refuse(column) from fault

    def rupiah(self, column: str) -> Rupiah:
        try:
            return parse_rupiah(self.text(column))
        except InvalidInput as fault:
            raise self.refuse(column) from fault

    def days(self) -> tuple[int, int]:
        minimum = self.count("hari_paling_cepat", maximum=90)
        return minimum, self.count("hari_paling_lama", minimum=minimum, maximum=90)

    def hours(self) -> OpenHours:
        first, last, *clock = self.match("jam_buka", _HOURS, self.text("jam_buka")).groups()
        one, two = ("1", "7") if first is None else (_day(first), _day(last))
        opens, closes = (time(int(clock[at]), int(clock[at + 1])) for at in (0, 2))
        if not "0" < one <= two or opens >= closes:
            raise self.refuse("jam_buka")
        days = "".join(str(day) for day in range(int(one), int(two) + 1))
        return OpenHours(days, opens, closes, min(_NOON, closes))

    def match(self, column: str, pattern: re.Pattern[str], text: str) -> re.Match[str]:
        found = pattern.fullmatch(text.strip())
        if found is None:
            raise self.refuse(column)
        return found

    def among(self, column: str, known: Mapping[str, bool]) -> bool:
        value = self.text(column)
        if value not in known:
            raise self.refuse(column)
        return known[value]


def _day(name: str) -> str:
    return _DAYS.get(name.casefold()[:3], "")


def read_services(rows: Iterable[Row]) -> list[ServiceRow]:
    """Columns ``layanan kurir nama pembagi_volume toleransi_g minimum_g``.

    :raises WrongRates: with the row (the first below the heading is 2) and the column.
    """
    services = []
    for number, row in enumerate(rows, start=2):
        cells = _Cells(number, row)
        minimum = cells.count("minimum_g", minimum=1_000)
        if minimum % 1_000:
            raise cells.refuse("minimum_g")
        services.append(
            ServiceRow(
                code=cells.text("layanan"),
                courier=cells.text("kurir"),
                name=cells.text("nama"),
                divisor=cells.count("pembagi_volume", minimum=1),
                tolerance=Grams(cells.count("toleransi_g", maximum=999)),
                minimum=Grams(minimum),
            )
        )
    return services


def read_tariff(rows: Iterable[Row]) -> list[RateRow]:
    """Columns ``kode_koperasi layanan tujuan nama_tujuan harga_per_kg_idr hari_… jalur``.

    :raises WrongRates: with the row and the column.
    """
    return [read_rate(number, row) for number, row in enumerate(rows, start=2)]


def read_rate(number: int, row: Row) -> RateRow:
    """One line of a tariff, the ``number``-th of its sheet.

    :raises WrongRates: with the row and the column.
    """
    cells = _Cells(number, row)
    service = cells.text("layanan")
    area_code = cells.match("tujuan", _AREA, cells.text("tujuan"))[1]
    price = cells.rupiah("harga_per_kg_idr")
    minimum, maximum = cells.days()
    return RateRow(
        cooperative=cells.text("kode_koperasi"),
        service=service,
        area_code=area_code,
        price_per_kg=price,
        days_least=minimum,
        days_most=maximum,
        by_air=cells.among("jalur", _WAYS),
    )


def read_delivery(rows: Iterable[Row]) -> tuple[list[PickupRow], list[RoundRow]]:
    """Pick-up places (``cara`` = ambil) and own rounds (antar) of one list.

    Areas are written ``11.04.11 Kec. Kebayakan;11.04.03 Kec. Bebesen``: the code counts, the
    name is for whoever reads the list. Days are ``Sen Rab Jum``, hours ``11.00``.

    :raises WrongRates: with the row and the column.
    """
    pickups, rounds = [], []
    for number, row in enumerate(rows, start=2):
        cells = _Cells(number, row)
        if cells.among("cara", {"ambil": True, "antar": False}):
            pickups.append(
                PickupRow(
                    cooperative=cells.text("kode_koperasi"),
                    name=cells.text("nama"),
                    address=cells.text("alamat"),
                    hours=cells.hours(),
                )
            )
        else:
            rounds.append(_round(cells))
    return pickups, rounds


def _round(cells: _Cells) -> RoundRow:
    hour, minute = cells.match("batas_jam", _CLOCK, cells.text("batas_jam")).groups()
    weekdays = "".join(sorted(_DAYS.get(day, "?") for day in cells.text("hari").casefold().split()))
    if "?" in weekdays or len(set(weekdays)) < len(weekdays):
        raise cells.refuse("hari")
    minimum, maximum = cells.days()
    return RoundRow(
        cooperative=cells.text("kode_koperasi"),
        name=cells.text("nama"),
        areas=tuple(
            cells.match("wilayah", _AREA, area)[1] for area in cells.text("wilayah").split(";")
        ),
        weekdays=weekdays,
        cut_off=time(int(hour), int(minute)),
        fee=cells.rupiah("ongkir_idr"),
        free_from=cells.rupiah("gratis_mulai_idr") if cells.row.get("gratis_mulai_idr") else None,
        days_least=minimum,
        days_most=maximum,
        cash_most=cells.rupiah("tunai_sampai_idr") if cells.row.get("tunai_sampai_idr") else None,
        note=(cells.row.get("catatan") or "").strip() or None,
    )


COLUMNS = (
    "layanan",
    "tujuan",
    "harga_per_kg_idr",
    "hari_paling_cepat",
    "hari_paling_lama",
    "jalur",
)
"""What the heading must name; ``kode_koperasi`` and ``nama_tujuan`` may stand there too."""


LONGEST_SHOWN = 60


class Complaint(StrEnum):
    """Why a row cannot be used."""

    CELL = "cell"
    """The cell cannot be read; its column says what it should be."""
    NEGATIVE = "negative"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_AREA = "unknown_area"
    OTHER_COOPERATIVE = "other_cooperative"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One cell that stands in the way, for whoever has the sheet before them."""

    row: int
    column: str
    value: str
    complaint: Complaint
    other_row: int = 0
    """The row that says the same, for TWICE."""


def read_upload(data: bytes, code: str) -> tuple[dict[int, RateRow], tuple[RowFault, ...]]:
    """The rows of a file that can be read, by number, and what is wrong with the others.

    :param code: of the cooperative that sends it, where the sheet names none.
    :raises UnreadableTable: when the file is no tariff at all.
    """
    rows: dict[int, RateRow] = {}
    faults = []
    for number, row in read_table(data, COLUMNS).items():
        own = row if row.get("kode_koperasi", "").strip() else {**row, "kode_koperasi": code}
        try:
            rows[number] = read_rate(number, own)
        except WrongRates as fault:
            faults.append(_fault(fault))
    return rows, tuple(faults)


def _fault(fault: WrongRates) -> RowFault:
    typed = fault.value.strip()
    is_negative = fault.column == "harga_per_kg_idr" and typed.startswith(("-", "−", "Rp-", "("))
    complaint = Complaint.NEGATIVE if is_negative else Complaint.CELL
    return RowFault(fault.row, fault.column, typed[:LONGEST_SHOWN], complaint)
