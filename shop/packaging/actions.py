"""Writing down what stands on a pack, and that somebody checked it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.packaging.errors import ClaimNotFound, NothingToCheck, NumberMalformed
from shop.packaging.models import Halal, PackFacts, Permit
from shop.packaging.rules import (
    Claim,
    HalalState,
    PermitKind,
    SendLimit,
    halal_number,
    permit_number,
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
    batch_code: str | None = None
    packed_on: date | None = None
    best_before: str | None = None
    halal: NewHalal | None = None
    permits: tuple[NewPermit, ...] = ()


def describe(session: Session, product_id: int, pack: NewPack, *, now: datetime) -> None:
    """Write down the label of a product, instead of what stood there before.

    :param now: when a number that comes as *checked* was checked.
    :raises NumberMalformed: for a number whose form is wrong for its kind.
    """
    session.merge(
        PackFacts(
            product_id=product_id,
            net_content=pack.net_content or None,
            net_unit=pack.net_unit or None,
            pack_type=pack.pack_type or None,
            pack_material=pack.pack_material or None,
            carton_packs=pack.carton_packs or None,
            carton_grams=pack.carton_grams or None,
            is_fragile=pack.is_fragile,
            send_limit=pack.send_limit,
            is_food=pack.is_food,
            shelf_life_days=pack.shelf_life_days or None,
            storage=pack.storage or None,
            ingredients=pack.ingredients or None,
            allergens=pack.allergens or None,
            after_opening=pack.after_opening or None,
            batch_code=pack.batch_code or None,
            packed_on=pack.packed_on,
            best_before=pack.best_before or None,
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
    session.merge(
        Halal(
            product_id=product_id,
            state=halal.state,
            number=number,
            claim=halal.claim,
            checked_by_id=None,
            checked_at=now if halal.claim is Claim.CHECKED else None,
        )
    )


def _claim_permits(
    session: Session, product_id: int, permits: Iterable[NewPermit], now: datetime
) -> None:
    session.execute(delete(Permit).where(Permit.product_id == product_id))
    for permit in permits:
        number = None
        if permit.number:
            number = permit_number(permit.kind, permit.number)
            if number is None:
                raise NumberMalformed(permit.kind.label, permit.number)
        session.add(
            Permit(
                product_id=product_id,
                kind=permit.kind,
                number=number,
                valid_until=permit.valid_until,
                claim=permit.claim,
                checked_at=now if permit.claim is Claim.CHECKED else None,
            )
        )


def check_permit(session: Session, permit_id: int, *, person_id: int, now: datetime) -> int:
    """A manager saw the permit's paper.

    :return: id of the product, whose card has to be made anew.
    :raises ClaimNotFound: if there is no such permit.
    :raises NothingToCheck: for a permit that has no number yet.
    """
    permit = session.get(Permit, permit_id)
    if permit is None:
        raise ClaimNotFound(f"permit {permit_id}")
    if permit.number is None:
        raise NothingToCheck(permit.kind.label)
    permit.claim, permit.checked_by_id, permit.checked_at = Claim.CHECKED, person_id, now
    session.flush()
    return permit.product_id


def check_halal(session: Session, product_id: int, *, person_id: int, now: datetime) -> None:
    """A manager saw the halal certificate.

    :raises ClaimNotFound: if the product has no halal state.
    :raises NothingToCheck: for goods that are not certified.
    """
    halal = session.get(Halal, product_id)
    if halal is None:
        raise ClaimNotFound(f"halal state of {product_id}")
    if halal.state is not HalalState.CERTIFIED or halal.number is None:
        raise NothingToCheck("halal")
    halal.claim, halal.checked_by_id, halal.checked_at = Claim.CHECKED, person_id, now
    session.flush()
