"""Writing down what stands on a pack; that a manager saw the papers is for ``catalog/permits``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.errors import ClaimMoved, ClaimNotFound, NothingToCheck, NumberMalformed
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.permit_numbers import halal_number, permit_ends, permit_number
from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    PaperFault,
    PermitKind,
    Seal,
    SendLimit,
    Technique,
    has_lapsed,
)


@dataclass(frozen=True, kw_only=True)
class NewPermit:
    """A permit as somebody claims it; without a number it is still being asked for."""

    kind: PermitKind
    number: str | None = None
    valid_until: date | None = None
    claim: Claim = Claim.CLAIMED


@dataclass(frozen=True, kw_only=True)
class NewHalal:
    """The halal state as somebody claims it."""

    state: HalalState
    number: str | None = None
    claim: Claim = Claim.CLAIMED


@dataclass(frozen=True, kw_only=True)
class NewPack:
    """All that a pack says; what is not known stays empty."""

    net_content: int | None = None
    net_unit: str | None = None
    pack_type: str | None = None
    pack_material: str | None = None
    seal: Seal | None = None
    carton_packs: int | None = None
    carton_grams: int | None = None
    is_fragile: bool = False
    send_limit: SendLimit | None = None
    is_food: bool = False
    shelf_life_days: int | None = None
    storage: str | None = None
    ingredients: str | None = None
    allergens: str | None = None
    after_opening: str | None = None
    directions: str | None = None
    care: str | None = None
    technique: Technique | None = None
    origin_member: str | None = None
    batch_code: str | None = None
    packed_on: date | None = None
    best_before: str | None = None
    halal: NewHalal | None = None
    permits: tuple[NewPermit, ...] = ()


_PLAIN = (
    "is_fragile",
    "send_limit",
    "is_food",
    "packed_on",
)
"""Facts of a pack that stand as they come; of the others nothing and zero are "not known"."""
_KNOWN = (
    "net_content",
    "net_unit",
    "pack_type",
    "pack_material",
    "seal",
    "carton_packs",
    "carton_grams",
    "shelf_life_days",
    "storage",
    "ingredients",
    "allergens",
    "after_opening",
    "directions",
    "care",
    "technique",
    "origin_member",
    "batch_code",
    "best_before",
)


def pack_of(session: Session, product_id: int) -> NewPack:
    """The label as it stands: what a form begins with, and what a part of it is written into.

    Papers come as their makers claimed them: writing the same number again takes no check away.
    """
    facts = session.get(PackFacts, product_id)
    halal = session.get(Halal, product_id)
    permits = session.scalars(
        select(Permit).where(Permit.product_id == product_id).order_by(Permit.id)
    )
    return NewPack(
        **({} if facts is None else {name: getattr(facts, name) for name in (*_PLAIN, *_KNOWN)}),
        halal=NewHalal(state=halal.state, number=halal.number) if halal else None,
        permits=tuple(
            NewPermit(kind=permit.kind, number=permit.number, valid_until=permit.valid_until)
            for permit in permits
        ),
    )


def describe(session: Session, product_id: int, pack: NewPack, *, now: datetime) -> None:
    """Write down the label of a product, instead of what stood there before.

    A paper that a manager has checked stays checked as long as its number and its last day stay.

    :param now: when a number that comes as *checked* was checked.
    :raises NumberMalformed: for a number whose form is wrong for its kind.
    """
    session.merge(
        PackFacts(
            product_id=product_id,
            **{name: getattr(pack, name) for name in _PLAIN},
            **{name: getattr(pack, name) or None for name in _KNOWN},
        )
    )
    if pack.halal is not None:
        _claim_halal(session, product_id, pack.halal, now)
    _claim_permits(session, product_id, pack.permits, now)
    session.flush()


def _claim_halal(session: Session, product_id: int, halal: NewHalal, now: datetime) -> None:
    number = None
    if halal.number:
        number = halal_number(halal.number)
        if number is None:
            raise NumberMalformed("halal", halal.number)
    # Locked: a manager who looks at the certificate right now decides before or after, not during.
    known = session.get(Halal, product_id, with_for_update=True)
    if (
        known is not None
        and halal.claim is Claim.CLAIMED
        and (known.state, known.number) == (halal.state, number)
    ):
        return
    session.merge(
        Halal(
            product_id=product_id,
            state=halal.state,
            number=number,
            claim=halal.claim,
            fault=None,
            checked_by_id=None,
            checked_at=now if halal.claim is Claim.CHECKED else None,
        )
    )


def _claim_permits(
    session: Session, product_id: int, permits: Iterable[NewPermit], now: datetime
) -> None:
    known = {
        (permit.kind, permit.number, permit.valid_until): permit
        for permit in session.scalars(
            select(Permit).where(Permit.product_id == product_id).with_for_update()
        )
    }
    for new in permits:
        number = None
        if new.number:
            number = permit_number(new.kind, new.number)
            if number is None:
                raise NumberMalformed(new.kind.label, new.number)
        valid_until = new.valid_until or permit_ends(new.kind, number)
        same = known.pop((new.kind, number, valid_until), None)
        if same is not None and new.claim is Claim.CLAIMED:
            continue
        if same is not None:
            session.delete(same)
        session.add(
            Permit(
                product_id=product_id,
                kind=new.kind,
                number=number,
                valid_until=valid_until,
                claim=new.claim,
                checked_at=now if new.claim is Claim.CHECKED else None,
            )
        )
    for gone in known.values():
        session.delete(gone)


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
