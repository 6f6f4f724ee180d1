"""Invented accounts: where the demo's shoppers pay, and where cooperatives are paid."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.cooperatives.models import Cooperative
from shop.demo.files import rows
from shop.payments.models import Payee, PayeeKind

OPERATOR = "operator"


def load_payees(session: Session, *, now: datetime) -> None:
    """Add the accounts that are not there yet."""
    known = {(kind, number) for kind, number in session.execute(select(Payee.kind, Payee.number))}
    owners = {row.code: row.id for row in session.scalars(select(Cooperative))}
    session.add_all(
        Payee(
            cooperative_id=None if row["pemilik"] == OPERATOR else owners[row["pemilik"]],
            kind=PayeeKind(row["jenis"]),
            provider=row["penyedia"],
            number=row["nomor"] or None,
            holder=row["atas_nama"],
            verified_at=now,
            qris=row["qris"] or None,
        )
        for row in rows("payees")
        if (PayeeKind(row["jenis"]), row["nomor"] or None) not in known
    )
    session.flush()
