"""Clocks of complaints follow the days of their cooperative: a closing pauses them (rule R14)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.complaints.goods import keep_until
from shop.complaints.models import Complaint
from shop.complaints.queries import answers_by, goods_by
from shop.complaints.rules import State
from shop.cooperatives.events import on_calendar_change


def set_clocks_anew(session: Session, cooperative_id: int, now: datetime) -> None:
    """Count the time for answers and promised packs again; what has run out already stays so."""
    for complaint in session.scalars(
        select(Complaint)
        .where(Complaint.cooperative_id == cooperative_id, Complaint.due_at > now)
        .where(Complaint.state.in_((State.OPEN, State.PROMISED)))
        .order_by(Complaint.id)
        .with_for_update()
    ):
        if complaint.state is State.PROMISED and complaint.answered_at is not None:
            keep_until(session, complaint, goods_by(session, cooperative_id, complaint.answered_at))
        else:
            complaint.due_at = answers_by(session, cooperative_id, complaint.filed_at)
    session.flush()


def init_app(_app: object, _settings: object) -> None:
    """Listen to cooperatives that change their days."""
    if set_clocks_anew not in on_calendar_change:
        on_calendar_change.append(set_clocks_anew)
