"""Setting the platform's fees. What was sold keeps the fee its line froze."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from shop.core.database.engine import advisory_lock
from shop.core.database.settings_by_date import FOLLOWS, Policy
from shop.sales.fees.errors import FeeInThePast
from shop.sales.fees.rules import fee_name
from shop.services.audit.actions import record


def set_fee(
    session: Session,
    *,
    cooperative_id: int | None,
    category_path: str | None,
    since: date,
    fee_bp: int | None,
    today: date,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Let a fee hold from a day on; a second one for the same day takes the place of the first.

    :param cooperative_id: None: for everybody, and then without a category.
    :param fee_bp: None: from that day on the wider fee holds again.
    :raises FeeInThePast: for a day that is over: nobody is charged afterwards.
    """
    if since < today:
        raise FeeInThePast
    name = fee_name(cooperative_id, category_path)
    # A second press of the button would otherwise write the same row beside this one.
    advisory_lock(session, f"fee:{name}")
    held = session.get(Policy, (name, since))
    before = None if held is None else {"fee_bp": held.value}
    session.merge(Policy(name=name, since=since, value=FOLLOWS if fee_bp is None else fee_bp))
    session.flush()
    record(
        session,
        action="fee.set",
        subject=name,
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before=before,
        after={"since": since.isoformat(), "fee_bp": fee_bp},
        now=now,
    )
