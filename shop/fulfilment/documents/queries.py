"""The papers of orders: read in a fixed number of statements, printed in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.labels.rules import broken
from shop.core.database.engine import Database
from shop.fulfilment.board.overview import Pick
from shop.fulfilment.documents.document_files import store_document
from shop.fulfilment.documents.models import IssuedDocument
from shop.fulfilment.documents.template_data import address_label, packing_slip
from shop.fulfilment.orders.rules import STATES, Rights, Stage, shows_address, shows_person, to_load
from shop.payments.cash.queries import cash_of
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, PackedBox, Purchase
from shop.services.pdf.renderer import merge_pdfs, render_pdf
from shop.shipping.places.models import Address

MAX_ORDERS = 200
"""Orders that one file holds."""
PRINTED = (Stage.PACK, Stage.READY)
"""Stages whose parcels are being made ready: only there slips and addresses are of use."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What goes with some orders, as the drawing reads it."""

    invoices: tuple[int, ...] = ()
    """Ids of the issued documents."""
    slips: tuple[dict[str, Any], ...] = ()
    labels: tuple[dict[str, Any], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to print."""
        return not (self.invoices or self.slips or self.labels)


def papers_of_orders(
    session: Session,
    cooperative_id: int,
    rights: Rights,
    *,
    stage: Stage | None = None,
    number: str | None = None,
    sees_money: bool = False,
) -> Papers:
    """The papers of a stage, or of one order; those that were promised first come first.

    Invoices are for who keeps the books, slips and addresses for who packs.
    """
    wanted = select(Order, Contact, Purchase, Cooperative, PackedBox.grams)
    wanted = (
        wanted.join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .outerjoin(PackedBox, PackedBox.order_id == Order.id)
        .where(Order.cooperative_id == cooperative_id)
        .order_by(Order.ship_by, Order.id)
        .limit(MAX_ORDERS)
    )
    if number is not None:
        wanted = wanted.where(Order.number == number)
    if stage is not None:
        wanted = wanted.where(Order.state.in_(STATES[stage]))
    rows = session.execute(wanted).all()
    ids = [order.id for order, *_ in rows]
    lines, cash = _lines(session, ids), cash_of(session, ids)
    addresses = _addresses(session, [purchase.address_id for _, _, purchase, *_ in rows])
    slips, labels = [], []
    for order, contact, purchase, seller, grams in rows:
        goods = [
            line for line in lines[order.id] if to_load(order.state, line.accepted, line.shipped)
        ]
        if not goods or not shows_person(
            order.state, is_confirmed=order.is_confirmed, rights=rights
        ):
            continue
        slips.append(packing_slip(order, contact, seller, goods))
        target = addresses.get(purchase.address_id or 0)
        if target and shows_address(
            order.state, order.delivery_kind, is_confirmed=order.is_confirmed, rights=rights
        ):
            labels.append(
                address_label(order, contact, seller, target, goods, grams, cash.get(order.id))
            )
    return Papers(
        invoices=documents_of_orders(session, ids) if sees_money else (),
        slips=tuple(slips),
        labels=tuple(labels),
    )


def documents_of_orders(session: Session, order_ids: Collection[int]) -> tuple[int, ...]:
    """Ids of the invoices and credit notes of some orders, each order's one after the other."""
    return tuple(
        session.scalars(
            select(IssuedDocument.id)
            .where(IssuedDocument.order_id.in_(order_ids))
            .order_by(IssuedDocument.order_id, IssuedDocument.id)
        )
    )


def print_orders(
    db: Database,
    papers: Papers,
    *,
    title: str,
    paper: str,
    now: datetime,
    picks: Sequence[Pick] = (),
    about: str = "",
) -> bytes:
    """All of it as one PDF: what is drawn anew, then the documents as they were first drawn.

    :param paper: ``a6``, a page for each slip and label; ``a4``, four labels on a sheet.
    :param picks: what to collect from whom, printed first.
    """
    parts = []
    if picks or papers.slips or papers.labels:
        data = {
            "title": title,
            "paper": paper,
            "picks": _picks(picks, about) if picks else None,
            "slips": list(papers.slips),
            "labels": list(papers.labels),
        }
        parts.append(render_pdf(Path(__file__).with_name("packing_slip.typ"), data))
    kept = store_document(db, papers.invoices, now)
    return merge_pdfs([*parts, *(kept[one] for one in papers.invoices)])


def _picks(picks: Sequence[Pick], about: str) -> dict[str, Any]:
    return {
        "about": about,
        "rows": [
            {
                "name": broken(pick.name),
                "sku": pick.sku,
                "member": broken(pick.member),
                "packs": str(pick.packs),
            }
            for pick in picks
        ],
    }


def _lines(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    for line in session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        found[line.order_id].append(line)
    return found


def _addresses(session: Session, address_ids: Sequence[int | None]) -> Mapping[int, Address]:
    wanted = {one for one in address_ids if one is not None}
    return {one.id: one for one in session.scalars(select(Address).where(Address.id.in_(wanted)))}
