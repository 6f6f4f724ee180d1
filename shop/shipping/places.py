"""Finding places: villages by what people type, regions step by step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, select
from sqlalchemy.orm import Session

from shop.shipping.models import Region
from shop.shipping.rules import folded_name, search_words, without_kinds

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
        within = _village.c.postcode == postcode
        narrowed = _places(session, and_(within, *_all_named(without_kinds(names))), limit=limit)
        return narrowed or _places(session, within, limit=limit)
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
    return tuple(
        (code, name)
        for code, name in session.execute(
            select(Region.code, Region.name)
            .where(Region.parent_code == parent_code)
            .order_by(Region.name)
        )
    )


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
    path = _village.c.folded + " " + _district.c.folded + " " + _regency.c.folded
    path = path + " " + _province.c.folded
    return [path.contains(name) for name in names]


def _places(session: Session, where: ColumnElement[bool], *, limit: int) -> tuple[Place, ...]:
    wanted = _VILLAGES.where(where).order_by(_village.c.folded, _village.c.code).limit(limit)
    return tuple(_place(row) for row in session.execute(wanted))


def _place(row: Row[*tuple[str, ...]]) -> Place:
    code, village, district, regency, province, postcode = row
    # Each village has a postcode; only the column, shared with larger regions, may be empty.
    return Place(code, village, district, regency, province, postcode or "")
