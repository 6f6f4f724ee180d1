"""A member leaves the cooperative, or comes back (rule R28)."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.products.actions import hide
from shop.catalog.products.errors import MemberUnknown
from shop.catalog.products.models import Product, ProductState
from shop.people.cooperatives.models import Member
from shop.services.audit.actions import record


def deactivate_member(
    session: Session, cooperative_id: int, code: str, *, today: date, now: datetime, person_id: int
) -> int:
    """Record that a member left; their products are hidden from today on.

    Open orders, what is due to them and their share of the surplus stay theirs: every order line
    froze its member.

    :return: how many goods left the shop.
    :raises MemberUnknown: when the code is nobody's here, or of somebody who left before.
    """
    member_id = _turn(session, cooperative_id, code, today, "left", now=now, person_id=person_id)
    shown = session.scalars(
        select(Product.id)
        .where(Product.member_id == member_id, Product.state == ProductState.PUBLISHED)
        .order_by(Product.id)
    ).all()
    for product_id in shown:
        hide(session, product_id)
    return len(shown)


def reactivate_member(
    session: Session, cooperative_id: int, code: str, *, now: datetime, person_id: int
) -> None:
    """Undo a departure; the products stay hidden until somebody publishes them.

    :raises MemberUnknown: when nobody with this code left here.
    """
    _turn(session, cooperative_id, code, None, "came-back", now=now, person_id=person_id)


def _turn(
    session: Session,
    cooperative_id: int,
    code: str,
    left_on: date | None,
    what: str,
    *,
    now: datetime,
    person_id: int,
) -> int:
    stands = Member.left_on.is_(None) if left_on else Member.left_on.is_not(None)
    # The row is ours until the end: goods that go on with this member meanwhile wait for us.
    member_id = session.scalar(
        update(Member)
        .where(Member.cooperative_id == cooperative_id, Member.code == code, stands)
        .values(left_on=left_on)
        .returning(Member.id)
        .execution_options(synchronize_session=False)
    )
    if member_id is None:
        raise MemberUnknown(code)
    record(
        session,
        action=f"member.{what}",
        subject=f"member:{member_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    return member_id
