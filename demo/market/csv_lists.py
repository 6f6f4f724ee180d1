"""Lists of the demo market that the rooms read by themselves: delivery and synonyms."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative
from shop.shipping.rates.actions import load_rates
from shop.storefront.search_index.actions import load_synonyms
from shop.storefront.search_index.rules import SynonymRow


def load_delivery(session: Session, *, now: datetime) -> int:
    """Couriers, the invented tariff, pick-up places and rounds.

    :return: how many rows the lists have.
    """
    lists = {name: list(rows(name)) for name in ("couriers", "tariff", "delivery")}
    load_rates(
        session,
        cooperatives={row.code: row.id for row in session.scalars(select(Cooperative))},
        services=lists["couriers"],
        tariff=lists["tariff"],
        delivery=lists["delivery"],
        since=day_in(HOME_ZONE, now),
    )
    return sum(len(found) for found in lists.values())


def load_synonyms_list(session: Session) -> int:
    """The spellings that may stand for each other.

    :return: how many words.
    """
    return load_synonyms(
        session,
        (
            SynonymRow(row["baku"], tuple(parts(row["varian"])), row["catatan"])
            for row in rows("synonyms")
        ),
    )


DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``demo/<name>.csv`` as text by column."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def parts(text: str) -> list[str]:
    """The items of a field that ``;`` separates."""
    return [part.strip() for part in text.split(";") if part.strip()]
