"""Load the provinces, cities and districts."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from shop.core.formats import indonesia
from shop.core.formats.indonesia import RegionFact
from shop.shipping.places.models import Region, RegionEdition
from shop.shipping.places.rules import folded_name

BATCH = 5_000

Progress = Callable[[int, int], None]
"""Told after each batch how many regions are in, and of how many."""


# ------------------------------------------------------------------------------ regions
def load_regions(session: Session, *, now: datetime, progress: Progress | None = None) -> int:
    """Bring the ministry's regions into our table; the same edition again does nothing.

    Codes that the ministry has given up leave the table; addresses keep their own names.

    :return: how many regions were written.
    """
    edition = indonesia.regions_edition()
    if session.get(RegionEdition, edition) is not None:
        return 0
    facts = {fact.code: fact for fact in indonesia.regions()}
    known = {
        row.code: (row.name, row.folded, row.postcode)
        for row in session.execute(select(Region.code, Region.name, Region.folded, Region.postcode))
    }
    gone = sorted(known.keys() - facts.keys())
    for start in range(0, len(gone), 500):
        session.execute(delete(Region).where(Region.code.in_(gone[start : start + 500])))
    rows = iter([_row(fact) for code, fact in facts.items() if code not in known])
    written, total = 0, len(facts) - len(known.keys() & facts.keys())
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(Region), batch)
        written += len(batch)
        if progress:
            progress(written, total)
    changed = [
        row
        for code in known.keys() & facts.keys()
        if known[code] != ((row := _row(facts[code]))["name"], row["folded"], row["postcode"])
    ]
    if changed:
        session.execute(update(Region), changed)
    session.add(RegionEdition(edition=edition, regions=len(facts), loaded_at=now))
    session.flush()
    return written + len(changed)


def _row(fact: RegionFact) -> dict[str, str | None]:
    parent, _, _ = fact.code.rpartition(".")
    return {
        "code": fact.code,
        "parent_code": parent or None,
        "name": fact.name,
        "folded": folded_name(fact.name, fact.code),
        "postcode": fact.postcode,
    }
