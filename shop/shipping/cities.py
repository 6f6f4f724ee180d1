"""Naming an area: the city a shopper lives in, the areas a rate covers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.core.text import words
from shop.shipping.models import Region
from shop.shipping.places import DISTRICT_LENGTH, find_places
from shop.shipping.rules import areas_of, folded_name, without_kinds

REGENCY_LENGTH = 5
MOST_CITIES = 8
MOST_AREAS = 600
"""More than Indonesia has regencies."""
_CODE = re.compile(r"(\d{2}(?:\.\d{2}){0,2})(?:\s.*)?")
_KINDS = {"kota": "Kota", "kabupaten": "Kabupaten", "kab": "Kabupaten"}


@dataclass(frozen=True, slots=True)
class City:
    """A regency or city, as somebody says where they live."""

    code: str
    name: str
    province: str

    @property
    def label(self) -> str:
        """Enough to tell two of a name apart: ``Kota Bandung, Jawa Barat``."""
        return f"{self.name}, {self.province}"


def find_cities(session: Session, text: str) -> tuple[City, ...]:
    """The regencies that a text can mean, best first: a code, a name, a village or a postcode."""
    typed = text.strip()[:120]
    code = _CODE.fullmatch(typed)
    if code is not None and len(code[1]) >= REGENCY_LENGTH:
        return _cities(session, codes=[code[1][:REGENCY_LENGTH]])
    parts = words(typed)
    name = "".join(without_kinds(parts))
    if name and not name.isdecimal():
        found = _cities(session, begins=name)
        exact = [city for city in found if folded_name(city.name, city.code) == name]
        exact.sort(key=lambda city: not city.name.startswith("Kota"))  # more people live there
        kind = _KINDS.get(parts[0], "")
        of_kind = [city for city in exact if kind and city.name.startswith(kind)]
        if of_kind or exact or found:
            return tuple(of_kind or exact or found)
    places = find_places(session, typed) if typed else ()
    return _cities(session, codes=list(dict.fromkeys(areas_of(p.village_code)[1] for p in places)))


def _cities(
    session: Session, *, codes: Sequence[str] = (), begins: str | None = None
) -> tuple[City, ...]:
    province = aliased(Region)
    wanted = (
        select(Region.code, Region.name, province.name)
        .join(province, province.code == Region.parent_code)
        .where(func.length(Region.code) == REGENCY_LENGTH)
        .order_by(Region.folded, Region.code)
        .limit(MOST_CITIES)
    )
    if begins is not None:
        wanted = wanted.where(Region.folded >= begins, Region.folded < begins + "~")
    else:
        wanted = wanted.where(Region.code.in_(codes))
    return tuple(City(*row) for row in session.execute(wanted))


@dataclass(frozen=True, slots=True)
class Areas:
    """What a list of areas says, and what in it nobody can place."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unclear: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """A name with the labels it can mean."""


def read_areas(session: Session, text: str) -> Areas:
    """A list of provinces, regencies and districts: one a line, by code or by name.

    ``32.05 Kab. Garut`` counts by its code; ``Kota Bandung`` and ``Bali`` by their names.
    """
    typed = list(dict.fromkeys(part.strip() for part in re.split(r"[\n;]", text) if part.strip()))
    coded = {part: found[1] for part in typed if (found := _CODE.fullmatch(part))}
    named = {part: "".join(without_kinds(words(part))) for part in typed if part not in coded}
    known = _named(session, [*coded.values()], [name for name in named.values() if name])
    codes: list[str] = []
    unknown: list[str] = []
    unclear = []
    for part in typed[:MOST_AREAS]:
        if part in coded:
            (codes if coded[part] in known else unknown).append(
                coded[part] if coded[part] in known else part
            )
            continue
        meant = [code for code, (_name, folded) in known.items() if folded == named[part]]
        kind = _KINDS.get(words(part)[0] if words(part) else "", "")
        of_kind = [code for code in meant if kind and known[code][0].startswith(kind)]
        meant = of_kind or meant
        if len(meant) == 1:
            codes.append(meant[0])
        elif meant:
            unclear.append((part, tuple(f"{code} {known[code][0]}" for code in meant)))
        else:
            unknown.append(part)
    return Areas(tuple(dict.fromkeys(codes)), tuple(unknown), tuple(unclear))


def _named(
    session: Session, codes: Sequence[str], names: Sequence[str]
) -> dict[str, tuple[str, str]]:
    if not codes and not names:
        return {}
    # Districts by their code alone: of their names there are too many alike.
    is_named = Region.folded.in_(names) & (func.length(Region.code) <= REGENCY_LENGTH)
    rows = session.execute(
        select(Region.code, Region.name, Region.folded)
        .where(or_(Region.code.in_(codes), is_named))
        .where(func.length(Region.code) <= DISTRICT_LENGTH)
        .order_by(Region.code)
    )
    return {row.code: (row.name, row.folded) for row in rows}
