"""Where the demo's shoppers pay: the operator's invented bank account, QRIS and cards."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.demo.files import rows
from shop.payments.models import Payee, PayeeKind


def load_payees(session: Session, *, now: datetime) -> None:
    """Add the accounts that are not there yet."""
    known = {(kind, number) for kind, number in session.execute(select(Payee.kind, Payee.number))}
    session.add_all(
        Payee(
            kind=PayeeKind(row["jenis"]),
            provider=row["penyedia"],
            number=row["nomor"] or None,
            holder=row["atas_nama"],
            verified_at=now,
            qris=row["qris"] or None,
        )
        for row in rows("payees")
        if row["pemilik"] == "operator"
        and (PayeeKind(row["jenis"]), row["nomor"] or None) not in known
    )
    session.flush()
