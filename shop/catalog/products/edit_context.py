"""Who works on a product: its maker, or a manager for the maker – and what the log says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product, ProductState
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.queries import Desk, desks_of
from shop.people.cooperatives.rules import OFFICES, RUNS, Role
from shop.services.audit import actions as audit

MAX_SKU_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ProductToEdit:
    """A product as its workspace sees it, and who sits before it."""

    product_id: int
    sku: str
    name: str
    slug: str
    state: ProductState
    member_id: int
    member_person_id: int | None
    member_contact_id: int
    member: str
    """The maker's name."""
    contribution_bp: int
    is_pkp: bool
    desk: Desk
    """The cooperative, with the roles that the person holds there."""

    @property
    def person_id(self) -> int:
        """Who works on it."""
        return self.desk.person_id

    @property
    def cooperative_id(self) -> int:
        """Whose desk answers for it."""
        return self.desk.cooperative_id

    @property
    def is_own(self) -> bool:
        """Whether its maker sits here; otherwise somebody acts for the maker."""
        return self.member_person_id == self.person_id and self.desk.may(Role.ANGGOTA)

    @property
    def may_edit(self) -> bool:
        """Its maker and those who run the cooperative; the supervisor only looks."""
        return self.is_own or self.desk.may(*RUNS)

    @property
    def may_look(self) -> bool:
        """Whether its pages open at all."""
        return self.may_edit or self.desk.may(Role.PENGAWAS)

    @property
    def here(self) -> str:
        """Where its workspace stands."""
        return f"/lapak/produk/{self.sku}"


def product_for(session: Session, person_id: int, sku: str) -> ProductToEdit | None:
    """The product with this SKU, for who is its maker or sits at its cooperative's desk.

    :return: None for everybody else's, as for one that does not exist.
    """
    if len(sku) > MAX_SKU_LENGTH or not sku.isprintable():
        return None
    return _found(session, person_id, Product.sku == sku)


def product_by_id(session: Session, person_id: int, product_id: int) -> ProductToEdit | None:
    """The same product after it took another SKU or state."""
    return _found(session, person_id, Product.id == product_id)


def _found(session: Session, person_id: int, which: ColumnElement[bool]) -> ProductToEdit | None:
    row = session.execute(
        select(Product, Cooperative, Member, Contact.name)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .join(Member, Member.id == Product.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .where(which)
    ).one_or_none()
    if row is None:
        return None
    product, cooperative, member, name = row
    desks = desks_of(session, person_id, cooperative.slug)
    if not desks:
        return None
    found = ProductToEdit(
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        slug=product.slug,
        state=product.state,
        member_id=member.id,
        member_person_id=member.person_id,
        member_contact_id=member.contact_id,
        member=name,
        contribution_bp=cooperative.contribution_bp,
        is_pkp=cooperative.is_pkp,
        desk=desks[0],
    )
    return found if found.is_own or desks[0].roles & OFFICES else None


def record_edit(
    session: Session,
    product: ProductToEdit,
    what: str,
    *,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write into the log that somebody worked on a product, in the transaction of the work.

    Who acted stands on every line; when it was not the maker, also for whom (rule M12).

    :param what: what happened to it, e.g. ``"photo_added"``; the line says ``product.…``.
    :param before: ids and figures only, as ``after``.
    """
    facts = dict(after or {})
    if not product.is_own:
        facts["for_member"] = product.member_id
    audit.record(
        session,
        action=f"product.{what}",
        subject=f"product:{product.product_id}",
        actor_id=product.person_id,
        cooperative_id=product.cooperative_id,
        before=before,
        after=facts or None,
        now=now,
    )
