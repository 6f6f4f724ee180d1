"""A manager looks at a paper: *claimed* becomes *checked* or *refused*, and at its end *lapsed*."""

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.packaging.errors import ClaimMoved, ClaimNotFound, NothingToCheck
from shop.packaging.models import Halal, Permit
from shop.packaging.rules import Claim, HalalState, PaperFault, has_lapsed


def decide_permit(
    session: Session,
    permit_id: int,
    *,
    seen: str,
    fault: PaperFault | None,
    was: Claim,
    person_id: int,
    now: datetime,
    today: date,
) -> int:
    """A manager saw the permit's paper and stands for its number, or says why not.

    :param seen: the number on the manager's page; ``was``: how its claim stood there.
    :param fault: None: the paper is right.
    :return: id of the product, whose card has to be made anew.
    :raises ClaimNotFound: if there is no such permit.
    :raises NothingToCheck: for a permit that has no number yet, or whose last day is over.
    :raises ClaimMoved: when somebody else decided first, or the number is another one now.
    """
    permit = session.get(Permit, permit_id)
    if permit is None:
        raise ClaimNotFound(f"permit {permit_id}")
    if permit.number is None or (fault is None and has_lapsed(permit.valid_until, today)):
        raise NothingToCheck(permit.kind.label)
    product_id = permit.product_id
    # The test sits inside the UPDATE: of two managers one decides, the other is told.
    moved = session.scalar(
        update(Permit)
        .where(Permit.id == permit_id, Permit.number == seen, Permit.claim == was)
        .values(
            claim=Claim.REFUSED if fault else Claim.CHECKED,
            fault=fault,
            checked_by_id=person_id,
            checked_at=now,
        )
        .returning(Permit.id)
        .execution_options(synchronize_session="fetch")
    )
    if moved is None:
        raise ClaimMoved(permit.kind.label)
    return product_id


def decide_halal(
    session: Session,
    product_id: int,
    *,
    seen: str,
    fault: PaperFault | None,
    was: Claim,
    person_id: int,
    now: datetime,
) -> None:
    """A manager saw the halal certificate and stands for its number, or says why not.

    :raises ClaimNotFound: if the product has no halal state.
    :raises NothingToCheck: for goods that are not certified.
    :raises ClaimMoved: when somebody else decided first, or the number is another one now.
    """
    halal = session.get(Halal, product_id)
    if halal is None:
        raise ClaimNotFound(f"halal state of {product_id}")
    if halal.state is not HalalState.CERTIFIED or halal.number is None:
        raise NothingToCheck("halal")
    moved = session.scalar(
        update(Halal)
        .where(Halal.product_id == product_id, Halal.number == seen, Halal.claim == was)
        .values(
            claim=Claim.REFUSED if fault else Claim.CHECKED,
            fault=fault,
            checked_by_id=person_id,
            checked_at=now,
        )
        .returning(Halal.product_id)
        .execution_options(synchronize_session="fetch")
    )
    if moved is None:
        raise ClaimMoved("halal")


def lapse(session: Session, today: date) -> tuple[int, ...]:
    """Write down that permits have lapsed whose last day is over.

    :return: the products whose cards may have lost a badge by it.
    """
    found = session.scalars(
        update(Permit)
        .where(Permit.valid_until < today, Permit.claim != Claim.LAPSED)
        .values(claim=Claim.LAPSED)
        .returning(Permit.product_id)
        .execution_options(synchronize_session=False)
    )
    return tuple(sorted(set(found)))
