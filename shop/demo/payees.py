"""Where the demo's shoppers pay: an invented bank account of the operator's."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.demo.files import rows
from shop.payments.models import Payee, PayeeKind


def load_payees(session: Session, *, now: datetime) -> None:
    """Add the accounts that are not there yet."""
    known = set(session.scalars(select(Payee.number)))
    session.add_all(
        Payee(
            kind=PayeeKind(row["jenis"]),
            provider=row["penyedia"],
            number=row["nomor"],
            holder=row["atas_nama"],
            verified_at=now,
        )
        for row in rows("payees")
        if row["pemilik"] == "operator" and row["nomor"] not in known
    )
    session.flush()
