"""QRIS: reading a merchant's code, judging it, writing an amount into it.

A code is a row of fields (EMVCo, merchant-presented): two digits of tag, two of length, the value;
the last one carries a checksum over everything before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shop.core.values.errors import InvalidInput

MAX_QRIS_RUPIAH = 10_000_000
"""Rupiah: more cannot be paid by QRIS at once (Bank Indonesia)."""
MAX_CODE_LENGTH = 512
"""Signs; what a phone's camera still reads from a small screen."""

FORMAT, KIND, CURRENCY, AMOUNT, COUNTRY, NAME, CITY, CHECKSUM = (
    "00", "01", "53", "54", "58", "59", "60", "63",
)  # fmt: skip
TIPS = frozenset({"55", "56", "57"})
ACQUIRERS = range(26, 46)
NATIONAL = "51"
NATIONAL_NAME = "ID.CO.QRIS.WWW"
STATIC, DYNAMIC = "11", "12"
RUPIAH_CODE, INDONESIA = "360", "ID"


class Fault(StrEnum):
    """What is wrong with a code."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    LENGTH = "length"
    """Tags and lengths do not come out: a part was cut off or typed wrongly."""
    CHECKSUM = "checksum"
    NOT_QRIS = "not_qris"
    """Sound, but not a merchant's code of QRIS: another country's, or another thing's."""
    CURRENCY = "currency"
    NOT_STATIC = "not_static"
    """It carries an amount or is made for one payment only."""
    OTHER_MERCHANT = "other_merchant"
    """Its name or number is not the account holder's."""


class BadQris(InvalidInput):
    """A code that money must not be sent to."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid by a code."""

    name: str
    city: str
    number: str
    """NMID: ``ID`` and 13 to 15 digits, empty where the code has none."""


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE as four upper-case hexadecimal signs; ``123456789`` gives ``29B1``."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xFFFF
    return f"{crc:04X}"


def fields(text: str) -> dict[str, str]:
    """Tag and value of each field, in their order.

    :raises BadQris: when lengths do not come out, or a tag stands twice.
    """
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + 4]
        if not (len(length) == 2 and (tag + length).isascii() and (tag + length).isdecimal()):
            raise BadQris(Fault.LENGTH)
        value = text[place + 4 : place + 4 + int(length)]
        if not value or len(value) != int(length) or tag in found:
            raise BadQris(Fault.LENGTH)
        found[tag] = value
        place += 4 + int(length)
    return found


def write(values: Mapping[str, str]) -> str:
    """A code of these fields in the order of their tags, with its checksum."""
    body = "".join(
        f"{tag}{len(value):02}{value}"
        for tag, value in sorted(values.items(), key=_place)
        if tag != CHECKSUM
    )
    body += f"{CHECKSUM}04"
    return body + checksum(body)


def _place(field: tuple[str, str]) -> tuple[bool, str]:
    return field[0] != FORMAT, field[0]


def read_static(text: str) -> Merchant:
    """Who is paid by the code that hangs at a merchant's till.

    :raises BadQris: when it is broken, no QRIS, or not the kind that asks for the amount.
    """
    code = text.strip()
    if not code:
        raise BadQris(Fault.EMPTY)
    if len(code) > MAX_CODE_LENGTH:
        raise BadQris(Fault.TOO_LONG)
    if not code.isascii() or not code.isprintable():
        raise BadQris(Fault.NOT_QRIS)
    found = fields(code)
    if list(found)[-1] != CHECKSUM or checksum(code[:-4]) != found[CHECKSUM]:
        raise BadQris(Fault.CHECKSUM)
    if not (found.get(FORMAT) == "01" and found.get(COUNTRY) == INDONESIA and _is_qris(found)):
        raise BadQris(Fault.NOT_QRIS)
    if found.get(CURRENCY) != RUPIAH_CODE:
        raise BadQris(Fault.CURRENCY)
    # A tip would make what comes in another sum than what was asked.
    if found.get(KIND) != STATIC or AMOUNT in found or TIPS & found.keys():
        raise BadQris(Fault.NOT_STATIC)
    return Merchant(found[NAME], found[CITY], _national(found).get("02", ""))


def belongs_to(text: str, *, name: str, number: str) -> Merchant:
    """The merchant of a static code, when it is the one that is meant.

    :param name: as it stands under the merchant's sticker.
    :param number: the NMID beneath it.
    :raises BadQris: also when the code is another merchant's.
    """
    merchant = read_static(text)
    if (_plain(merchant.name), _plain(merchant.number)) != (_plain(name), _plain(number)):
        raise BadQris(Fault.OTHER_MERCHANT)
    return merchant


def with_amount(text: str, amount: int, *, bill: str = "") -> str:
    """A merchant's own code for one payment, so that its shopper need not type the amount.

    :param amount: whole rupiah, 1 to ``MAX_QRIS_RUPIAH``.
    :param bill: the number of the bill, up to 25 signs, for the merchant's statement.
    :raises ValueError: when so much cannot be paid by QRIS.
    """
    if not 0 < amount <= MAX_QRIS_RUPIAH:
        raise ValueError(f"{amount} cannot be paid by QRIS")
    read_static(text)
    found = fields(text.strip()) | {KIND: DYNAMIC, AMOUNT: str(amount)}
    if bill:
        more = fields(found["62"]) if "62" in found else {}
        value = "".join(
            f"{tag}{len(part):02}{part}" for tag, part in sorted((more | {"01": bill}).items())
        )
        found["62"] = value
    return write(found)


def _is_qris(found: Mapping[str, str]) -> bool:
    has_acquirer = any(str(tag) in found for tag in ACQUIRERS)
    named = NAME in found and CITY in found and "52" in found
    return named and (has_acquirer or bool(_national(found)))


def _national(found: Mapping[str, str]) -> dict[str, str]:
    """The national part of a code, with the merchant's number; empty where there is none."""
    if NATIONAL not in found:
        return {}
    parts = fields(found[NATIONAL])
    if parts.get("00") != NATIONAL_NAME:
        raise BadQris(Fault.NOT_QRIS)
    return parts


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
