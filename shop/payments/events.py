"""What a gateway told: kept once, and shown to a person where the shop cannot end it alone."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.audit import actions as audit
from shop.core.rows import insert_unless_there
from shop.payments.gateway import EventSeen
from shop.payments.models import AlertKind, GatewayAlert, GatewayEvent


def keep(session: Session, event: EventSeen, *, now: datetime) -> bool:
    """Write an event down; False when it was told before and nothing is left to do."""
    made = insert_unless_there(
        session,
        GatewayEvent,
        {
            "event_ref": event.ref[:120],
            "kind": event.kind[:80],
            "object_ref": None if event.object_ref is None else event.object_ref[:120],
            "received_at": now,
        },
        key=["event_ref"],
    )
    return made is not None


def known_events(session: Session, refs: list[str]) -> set[str]:
    """Which of some events were told before."""
    found = select(GatewayEvent.event_ref).where(GatewayEvent.event_ref.in_(refs))
    return set(session.scalars(found))


def alert(
    session: Session,
    kind: AlertKind,
    *,
    subject: str,
    now: datetime,
    object_ref: str | None = None,
    payment_id: int | None = None,
    amount: int | None = None,
) -> bool:
    """Ask a person to look at something.

    :param subject: what it is about; told again it stays one line.
    :return: whether it is new.
    """
    made = insert_unless_there(
        session,
        GatewayAlert,
        {
            "key": f"{kind.value}:{subject}"[:160],
            "kind": kind,
            "object_ref": object_ref,
            "payment_id": payment_id,
            "amount": amount,
            "at": now,
        },
        key=["key"],
    )
    if made is not None:
        audit.record(
            session,
            action=f"gateway.{kind.value}",
            subject=f"alert:{made}",
            actor_id=None,
            after={"object": object_ref, "payment": payment_id, "amount": amount},
            now=now,
        )
    return made is not None


def resolve(session: Session, alert_id: int, *, person_id: int, now: datetime) -> bool:
    """Note that somebody has seen to it; a second tap changes nothing."""
    moved = session.scalar(
        update(GatewayAlert)
        .where(GatewayAlert.id == alert_id, GatewayAlert.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by_id=person_id)
        .returning(GatewayAlert.id)
        .execution_options(synchronize_session=False)
    )
    if moved is not None:
        audit.record(
            session,
            action="gateway.alert_resolved",
            subject=f"alert:{alert_id}",
            actor_id=person_id,
            now=now,
        )
    return moved is not None
