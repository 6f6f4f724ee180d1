"""A manager decides about a paper: the claim, the log and the card change in one commit."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from shop.catalog.packaging.actions import decide_halal, decide_permit
from shop.catalog.packaging.rules import Claim, PaperFault
from shop.catalog.permits.queries import HALAL, Paper
from shop.catalog.products.product_cards import refresh_card
from shop.services.audit import actions as audit


def decide(
    session: Session,
    paper: Paper,
    *,
    was: Claim,
    fault: PaperFault | None,
    cooperative_id: int,
    person_id: int,
    now: datetime,
    today: date,
) -> None:
    """Stand for a number, or refuse it.

    :param was: how its claim stood on the manager's page.
    :param fault: None: the paper is right.
    :raises ClaimMoved: when somebody else decided first, or the number is another one now.
    :raises NothingToCheck: for a permit whose last day is over.
    """
    if paper.permit_id is None:
        decide_halal(
            session,
            paper.product_id,
            seen=paper.number,
            fault=fault,
            was=was,
            person_id=person_id,
            now=now,
        )
    else:
        decide_permit(
            session,
            paper.permit_id,
            seen=paper.number,
            fault=fault,
            was=was,
            person_id=person_id,
            now=now,
            today=today,
        )
    what = HALAL if paper.permit_id is None else "permit"
    audit.record(
        session,
        action=f"{what}.{'refused' if fault else 'checked'}",
        subject=f"product:{paper.product_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before={"claim": was.value},
        after={"kind": paper.kind, **({"fault": fault.value} if fault else {})},
        now=now,
    )
    refresh_card(session, paper.product_id, today=today)
