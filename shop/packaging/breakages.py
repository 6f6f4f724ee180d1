"""Packs that came broken: what shoppers were right to complain of tells a maker to pack better."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.rows import insert_unless_there
from shop.packaging.models import Breakage

LATELY = timedelta(days=180)
"""How long a breakage speaks against a pack: by then it was packed otherwise, or broke again."""


def count_broken(
    session: Session, *, product_id: int, packs: int, source: str, now: datetime
) -> None:
    """Write down packs that broke on their way.

    :param source: what makes it one and the same, for example ``complaint:17``.
    """
    values = {"product_id": product_id, "packs": packs, "source": source, "at": now}
    insert_unless_there(session, Breakage, values, key=["source"])


def broken_lately(session: Session, product_id: int, now: datetime) -> int:
    """Packs of a product that broke within the last half year."""
    found = session.scalar(
        select(func.sum(Breakage.packs)).where(
            Breakage.product_id == product_id, Breakage.at > now - LATELY
        )
    )
    return int(found or 0)
