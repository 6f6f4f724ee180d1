"""A bank's list of movements as a file: which bank's it is, and the money that came in.

Banks differ in names of columns, order of days and decimal signs; each is a row of
``statement_formats.csv``, so that another bank is a row and no code.
"""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import StringIO
from pathlib import Path

from shop.core.formats.csv_files import Unreadable, UnreadableTable, decode_text
from shop.core.values.errors import InvalidInput
from shop.core.values.money import MAX_RUPIAH

MAX_LINES = 2_000
HEADING_WITHIN = 30
"""Rows: above the heading stand the account's name and number, and the period."""
LONGEST_TEXT = 200
_ACCOUNT = re.compile(r"\d[\d .-]{6,}\d")
_NUMBER = {
    ".": re.compile(r"(\d{1,3}(?:,\d{3})+|\d{0,15})(?:\.(\d{1,2}))?", re.ASCII),
    ",": re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{0,15})(?:,(\d{1,2}))?", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class Format:
    """How one bank writes its list."""

    name: str
    day: str
    pattern: str
    text: str
    credit: str
    mark: str
    """What stands behind the amount, or in the cell after it, of money that came in; empty where
    such money has a column of its own."""
    decimal: str
    account: str
    """Column of the account's number, where each row names it."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Money that came in, as the bank wrote it."""

    day: date
    amount: int
    text: str
    place: int
    """The how-manieth of its like in the file: two equal lines stay two."""

    def source_key(self, payee_id: int) -> str:
        """What makes it the same line in every file that has it."""
        facts = f"{self.day.isoformat()}|{self.amount}|{self.text.casefold()}"
        return f"csv:{payee_id}:{hashlib.sha256(facts.encode()).hexdigest()[:32]}:{self.place}"


@dataclass(frozen=True, slots=True)
class LineFault:
    """A row that cannot be read: its number in the file, and the cell that is at fault."""

    row: int
    cell: str
    is_day: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file tells."""

    bank: str
    lines: tuple[StatementLine, ...]
    faults: tuple[LineFault, ...]


class OtherAccount(InvalidInput):
    """The file is of another account than the one that was chosen."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


@cache
def formats() -> tuple[Format, ...]:
    """The banks whose files can be read."""
    with Path(__file__).with_name("statement_formats.csv").open(encoding="utf-8") as sheet:
        return tuple(Format(*row.values()) for row in csv.DictReader(sheet))


def read_statement(data: bytes, *, number: str | None, today: date) -> Statement:
    """The money that came in by a file, whoever's bank wrote it; debits are left out.

    :param number: of the account that was chosen; a file that names another is refused.
    :param today: days without a year are the last such day up to now.
    :raises UnreadableTable: when it is no list of a bank we know.
    :raises OtherAccount: when it is of another account.
    """
    text = decode_text(data)
    found = next(filter(None, (_find(text, parted) for parted in ";,\t")), None)
    if found is None:
        raise UnreadableTable(Unreadable.COLUMNS)
    rows, start, bank = found
    heading = _names(rows[start])
    for named in _accounts(rows, start, heading, bank):
        if number and not _same(named, number):
            raise OtherAccount(named)
    lines, faults = [], []
    seen: Counter[tuple[date, int, str]] = Counter()
    for place, row in enumerate(rows[start + 1 :], start=start + 2):
        cells = [*row, *[""] * (len(heading) + 1)]
        written = cells[heading.index(bank.credit)].strip()
        after = cells[heading.index(bank.credit) + 1].strip()
        amount = _amount(written, after, bank)
        if amount == 0:
            continue
        day_cell = cells[heading.index(bank.day)]
        day = _day(day_cell, bank.pattern, today)
        if amount is None or day is None:
            faults.append(LineFault(place, (written if amount is None else day_cell)[:60], not day))
            continue
        words = " ".join(cells[heading.index(bank.text)].split())[:LONGEST_TEXT]
        words = "".join(sign for sign in words if sign.isprintable())
        seen[day, amount, words.casefold()] += 1
        lines.append(StatementLine(day, amount, words, seen[day, amount, words.casefold()]))
        if len(lines) > MAX_LINES:
            raise UnreadableTable(Unreadable.LONG)
    if not lines and not faults:
        raise UnreadableTable(Unreadable.EMPTY)
    return Statement(bank.name, tuple(lines), tuple(faults))


def _find(text: str, parted: str) -> tuple[list[list[str]], int, Format] | None:
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=parted))
    except csv.Error as fault:
        raise UnreadableTable(Unreadable.BROKEN) from fault
    for place, row in enumerate(rows[:HEADING_WITHIN]):
        names = set(_names(row))
        for bank in formats():
            if {bank.day, bank.text, bank.credit, bank.account} - {""} <= names:
                return rows, place, bank
    return None


def _names(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()).casefold() for cell in row]


def _accounts(
    rows: Sequence[Sequence[str]], start: int, heading: Sequence[str], bank: Format
) -> Iterator[str]:
    """Every account that the file says it is of."""
    for row in rows[:start]:
        line = " ".join(row)
        named = _ACCOUNT.search(line) if "rek" in line.casefold() else None
        if named:
            yield named.group()
    if bank.account:
        place = heading.index(bank.account)
        yield from {row[place] for row in rows[start + 1 :] if len(row) > place and row[place]}


def _same(one: str, other: str) -> bool:
    return _digits(one) == _digits(other)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdecimal()).lstrip("0")


def _amount(written: str, after: str, bank: Format) -> int | None:
    """Whole rupiah that came in, 0 where none did; None when the cell cannot be read."""
    number, _, direction = written.partition(" ")
    if bank.mark and (direction.strip() or after).casefold() != bank.mark.casefold():
        return 0
    if not number:
        return 0
    found = _NUMBER[bank.decimal].fullmatch(number.removeprefix("+").removeprefix("Rp"))
    if found is None or int(found[2] or 0):
        return None
    amount = int(re.sub(r"\D", "", found[1]) or 0)
    return amount if amount <= MAX_RUPIAH else None


def _day(cell: str, pattern: str, today: date) -> date | None:
    written = cell.strip().lstrip("'").partition(" ")[0]
    # A year that is not written is this one, or the last one when that day is yet to come.
    years = ("",) if "%y" in pattern.casefold() else (f" {today.year}", f" {today.year - 1}")
    for year in years:
        for shape in (pattern, pattern.replace("%y", "%Y")):
            try:
                day = datetime.strptime(written + year, shape + (" %Y" if year else "")).date()  # noqa: DTZ007
            except ValueError:
                continue
            if day <= today:
                return day
    return None
