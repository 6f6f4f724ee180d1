"""Finding places: villages by what people type, regions step by step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.core.database.schema import table_of
from shop.core.formats.indonesia import areas_of
from shop.core.values.text import words
from shop.shipping.places.models import Region
from shop.shipping.places.rules import folded_name, search_words, without_kinds

_CODE = re.compile(r"[0-9.]{2,13}")
VILLAGE_LENGTH = 13
DISTRICT_LENGTH = 8
LENGTHS = (2, 5, DISTRICT_LENGTH, VILLAGE_LENGTH)
"""Of the codes of province, regency, district and village."""
PLACES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A village with all that stands above it."""

    village_code: str
    village: str
    district: str
    regency: str
    province: str
    postcode: str

    @property
    def label(self) -> str:
        """One line to choose by: ``Jatiwaringin, Pondok Gede, Kota Bekasi 17411``."""
        return f"{self.village}, {self.district}, {self.regency} {self.postcode}"

    @property
    def folded(self) -> str:
        """All its names as typed words are looked for in them."""
        names = (self.province, self.regency, self.district, self.village)
        return " ".join(
            folded_name(name, self.village_code[:length])
            for name, length in zip(names, LENGTHS, strict=True)
        )


# Tables, not entities: to alias an entity prepares every mapping of the shop while importing.
_village = Region.__table__.alias("village")
_district = Region.__table__.alias("district")
_regency = Region.__table__.alias("regency")
_province = Region.__table__.alias("province")

_VILLAGES = (
    select(
        _village.c.code,
        _village.c.name,
        _district.c.name,
        _regency.c.name,
        _province.c.name,
        _village.c.postcode,
    )
    .select_from(_village)
    .join(_district, _district.c.code == _village.c.parent_code)
    .join(_regency, _regency.c.code == _district.c.parent_code)
    .join(_province, _province.c.code == _regency.c.parent_code)
    .where(func.length(_village.c.code) == VILLAGE_LENGTH)
)
_FOLDED_PATH = (
    _village.c.folded
    + " "
    + _district.c.folded
    + " "
    + _regency.c.folded
    + " "
    + _province.c.folded
)
_BY_POSTCODE = (
    _VILLAGES.add_columns(_FOLDED_PATH.label("folded_path"))
    .where(_village.c.postcode == bindparam("postcode"))
    .order_by(_village.c.folded, _village.c.code)
)
_regions = table_of(Region).c
_REGIONS = select(_regions.code, _regions.name).order_by(_regions.name)
_PROVINCES = _REGIONS.where(_regions.parent_code.is_(None))
_PARTS = _REGIONS.where(_regions.parent_code == bindparam("parent"))
_ONE = _VILLAGES.where(_village.c.code == bindparam("code"))


def place(session: Session, village_code: str) -> Place | None:
    """The village with this code, or None."""
    row = session.execute(_ONE, {"code": village_code[: VILLAGE_LENGTH + 1]}).one_or_none()
    return _place(row) if row else None


def find_places(session: Session, text: str, limit: int = PLACES) -> tuple[Place, ...]:
    """Villages that a typed text can mean, best first.

    The first word (or the postcode) picks a range of an index; further words narrow it by
    district, regency and province. Where no village begins like that, districts are tried.

    :param text: ``jatiwaringin``, ``jatiwaringin pondok gede``, ``17411`` or a whole label.
    """
    names, postcode = search_words(text)
    if postcode is not None:
        # Few villages share a postcode: names are compared here, with a statement built once.
        wanted = without_kinds(names)
        rows = session.execute(_BY_POSTCODE, {"postcode": postcode}).all()
        narrowed = [row for row in rows if all(name in row.folded_path for name in wanted)]
        return tuple(_place(row[:-1]) for row in (narrowed or rows)[:limit])
    tries = dict.fromkeys((names, without_kinds(names)))
    for wanted in tries:
        if wanted and (found := _named(session, wanted, limit)):
            return found
    return ()


def find_village(session: Session, text: str) -> tuple[Place | None, tuple[Place, ...]]:
    """The one village that a typed text means, or all that could be meant.

    Where name and postcode contradict each other neither is believed: the villages of both are
    there to choose from.
    """
    found = find_places(session, text)
    if contradicts(text, found):
        by_name = find_places(session, " ".join(search_words(text)[0]))
        return None, tuple(dict.fromkeys((*by_name, *found)))[:PLACES]
    return (found[0], ()) if len(found) == 1 else (None, found)


def contradicts(text: str, places: Sequence[Place]) -> bool:
    """Whether a postcode was typed beside names that none of the places found bears."""
    names, postcode = search_words(text)
    wanted = without_kinds(names)
    if postcode is None or not wanted or not places:
        return False
    return not any(
        found.postcode == postcode and all(name in found.folded for name in wanted)
        for found in places
    )


def regions(session: Session, parent_code: str | None) -> tuple[tuple[str, str], ...]:
    """Code and name of the parts of a region, by name; the provinces for None."""
    if parent_code is None:
        rows = session.execute(_PROVINCES)
    else:
        rows = session.execute(_PARTS, {"parent": parent_code})
    return tuple((code, name) for code, name in rows)


def path_to(session: Session, code: str) -> tuple[tuple[str, str], ...]:
    """Code and name of a region and all above it, the province first; empty when unknown."""
    if not _CODE.fullmatch(code):
        return ()
    parts = code.split(".")
    codes = [".".join(parts[:depth]) for depth in range(1, min(len(parts), 4) + 1)]
    found = session.execute(
        select(Region.code, Region.name).where(Region.code.in_(codes)).order_by(Region.code)
    ).all()
    return tuple((row.code, row.name) for row in found) if len(found) == len(codes) else ()


def _named(session: Session, wanted: Sequence[str], limit: int) -> tuple[Place, ...]:
    rest = _all_named(wanted)
    # "kota baru" whole before "kota" alone: the narrower range is also the better answer.
    starts = tuple(dict.fromkeys(("".join(wanted), *wanted)))
    for start in starts:
        if found := _places(session, and_(_begins(_village.c.folded, start), *rest), limit=limit):
            return found
    for start in starts:
        districts = session.scalars(
            select(Region.code)
            .where(
                _begins(Region.__table__.c.folded, start),
                func.length(Region.code) == DISTRICT_LENGTH,
            )
            .limit(limit)
        ).all()
        inside = and_(_village.c.parent_code.in_(districts), *rest)
        if districts and (found := _places(session, inside, limit=limit)):
            return found
    return ()


def _begins(folded: ColumnElement[str], start: str) -> ColumnElement[bool]:
    # Folded names hold letters and digits only; "~" stands behind all of them.
    return and_(folded >= start, folded < start + "~")


def _all_named(names: Sequence[str]) -> list[ColumnElement[bool]]:
    # Looked at only for the rows of the range above, never for all villages.
    return [_FOLDED_PATH.contains(name) for name in names]


def _places(session: Session, where: ColumnElement[bool], *, limit: int) -> tuple[Place, ...]:
    wanted = _VILLAGES.where(where).order_by(_village.c.folded, _village.c.code).limit(limit)
    return tuple(_place(row) for row in session.execute(wanted))


def _place(row: Sequence[str]) -> Place:
    code, village, district, regency, province, postcode = row
    # Each village has a postcode; only the column, shared with larger regions, may be empty.
    return Place(code, village, district, regency, province, postcode or "")


REGENCY_LENGTH = 5


MAX_CITIES = 8


MAX_AREAS = 600
"""More than Indonesia has regencies."""


_CITY_CODE = re.compile(r"(\d{2}(?:\.\d{2}){0,2})(?:\s.*)?")


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
    code = _CITY_CODE.fullmatch(typed)
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
        .limit(MAX_CITIES)
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
    coded = {part: found[1] for part in typed if (found := _CITY_CODE.fullmatch(part))}
    named = {part: "".join(without_kinds(words(part))) for part in typed if part not in coded}
    known = _cities_named(session, [*coded.values()], [name for name in named.values() if name])
    codes: list[str] = []
    unknown: list[str] = []
    unclear = []
    for part in typed[:MAX_AREAS]:
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


def _cities_named(
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
