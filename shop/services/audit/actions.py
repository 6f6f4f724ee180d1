"""Writing down who did what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.services.audit.models import AuditEvent, AuditOrigin

KEPT_ADDRESSES = timedelta(days=180)
"""How long it can be told where an act came from."""


def record(
    session: Session,
    *,
    action: str,
    subject: str,
    actor_id: int | None,
    now: datetime,
    cooperative_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> AuditEvent:
    """Write one act into the log, in the transaction of the act itself.

    :param action: a verb with its room, e.g. ``"stock.adjusted"``.
    :param subject: what was acted on, by id, e.g. ``"variant:17"``.
    :param actor_id: the person; None when the shop acted by itself.
    :param before: ids and figures only: the log can never be emptied of a name.
    :param address: where the person sat; kept apart, so that it can be forgotten in time.
    """
    event = AuditEvent(
        at=now,
        actor_id=actor_id,
        cooperative_id=cooperative_id,
        action=action,
        subject=subject,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        origin_id=_origin(session, address, now) if address else None,
    )
    session.add(event)
    session.flush()
    return event


def purge_network_addresses(session: Session, now: datetime) -> None:
    """Empty the addresses that are older than anybody needs to look into an attack."""
    session.execute(
        update(AuditOrigin)
        .where(AuditOrigin.first_seen_at < now - KEPT_ADDRESSES, AuditOrigin.address.is_not(None))
        .values(address=None)
    )


def _origin(session: Session, address: str, now: datetime) -> int:
    """The row of an address, made at its first act."""
    known = session.scalar(select(AuditOrigin.id).where(AuditOrigin.address == address).limit(1))
    if known is not None:
        return known
    origin = AuditOrigin(address=address, first_seen_at=now)
    session.add(origin)
    session.flush()
    return origin.id
