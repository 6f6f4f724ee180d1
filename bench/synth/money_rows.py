"""The money of invented orders: bills by bank transfer, receipts, and what the books say of it."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bench.synth.orders import LAPSED_AFTER, Shop
from shop.core.database.schema import Base
from shop.core.values.clock import HOME_ZONE, day_in
from shop.fulfilment.orders.rules import divide
from shop.payments.bills.models import (
    Method,
    Payment,
    PaymentOrder,
    PaymentState,
    Receipt,
    ReceiptMatch,
)
from shop.payments.ledger.actions import account_code
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import OrderLine

CODES = 999


class Rows:
    """Rows of many tables, each with the next id of its table where it has one."""

    def __init__(self, first: Mapping[type[Base], int]) -> None:
        self._next = dict(first)
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}

    def put(self, model: type[Base], **values: Any) -> int:  # Any: what columns hold
        """Add a row; its id, or 0 where the table has none of its own."""
        key = self._next.get(model, 0)
        if key:
            self._next[model] += 1
            values["id"] = key
        self._rows.setdefault(model, []).append(values)
        return key

    def coming(self, model: type[Base]) -> int:
        """The id that the next row of a table gets."""
        return self._next[model]

    def take(self) -> dict[type[Base], list[dict[str, Any]]]:
        """All rows since the last time."""
        taken, self._rows = self._rows, {}
        return taken


class Accounts:
    """Ledger accounts by their codes, made at their first use."""

    def __init__(self, rows: Rows, known: MutableMapping[str, int]) -> None:
        self._rows, self._known = rows, known

    def __call__(
        self,
        kind: AccountKind,
        *,
        cooperative_id: int | None = None,
        member_id: int | None = None,
        owner: str | None = None,
    ) -> int:
        """Id of an account."""
        code = account_code(kind, cooperative_id=cooperative_id, member_id=member_id, owner=owner)
        if code not in self._known:
            self._known[code] = self._rows.put(
                LedgerAccount,
                code=code,
                kind=kind,
                cooperative_id=cooperative_id,
                member_id=member_id,
            )
        return self._known[code]


class Money:
    """Writes down what was paid and where it lies."""

    def __init__(
        self, rows: Rows, payee_id: int, account: Accounts, code: Callable[[str], str]
    ) -> None:
        self._rows, self._payee = rows, payee_id
        self._account, self._code = account, code

    def paid(
        self,
        purchase: int,
        orders: Sequence[Mapping[str, Any]],
        keys: Sequence[int],
        at: datetime,
        paid_at: datetime | None,
    ) -> None:
        """A bank transfer with its unique code; paid, its receipt and its entry in the books."""
        total, extra = sum(order["total"] for order in orders), 1 + purchase % CODES
        code = self._code(f"payment:{purchase}")
        payment = self._rows.put(
            Payment,
            code=code,
            purchase_id=purchase,
            payee_id=self._payee,
            method=Method.TRANSFER,
            state=PaymentState.PAID if paid_at else PaymentState.LAPSED,
            orders_total=total,
            unique_code=extra,
            amount=total + extra,
            code_held=False,
            due_at=at + LAPSED_AFTER,
            created_at=at,
            paid_at=paid_at,
            closed_at=paid_at or at + LAPSED_AFTER,
        )
        for order, key in zip(orders, keys, strict=True):
            self._rows.put(PaymentOrder, payment_id=payment, order_id=key, amount=order["total"])
        if paid_at is None:
            return
        receipt = self._rows.put(
            Receipt,
            payee_id=self._payee,
            received_on=day_in(HOME_ZONE, paid_at),
            amount=total + extra,
            source_key=f"synth:{code}",
            text_id=None,
            recorded_by_id=None,
            recorded_at=paid_at,
        )
        self._rows.put(
            ReceiptMatch,
            receipt_id=receipt,
            payment_id=payment,
            amount=total + extra,
            person_id=None,
            at=paid_at,
        )
        bank = self._account(AccountKind.BANK, owner=f"p{self._payee}")
        self._book(
            "payment",
            code,
            paid_at,
            [
                (bank, total + extra, None),
                *(
                    (
                        self._account(AccountKind.ESCROW, cooperative_id=order["cooperative_id"]),
                        -order["total"],
                        key,
                    )
                    for order, key in zip(orders, keys, strict=True)
                ),
                (self._account(AccountKind.UNIQUE_CODE), -extra, None),
            ],
        )

    def divide(
        self, shop: Shop, order: Mapping[str, Any], key: int, lines: Sequence[Mapping[str, Any]]
    ) -> None:
        """Release what was held, divided as ``held_money.release_held_money`` does."""
        account = partial(self._account, cooperative_id=shop.cooperative_id)
        division = divide([OrderLine(**line) for line in lines], order["total"])
        self._book(
            "order-done",
            order["number"],
            order["ended_at"],
            [
                (account(AccountKind.ESCROW), order["total"], key),
                (account(AccountKind.COOPERATIVE_DUE), -division.cooperative, key),
                *(
                    (account(AccountKind.MEMBER_DUE, member_id=member), -share, key)
                    for member, share in division.members.items()
                ),
                (self._account(AccountKind.FEE_INCOME), -division.fee, key),
                (self._account(AccountKind.TAX_DUE), -division.tax, key),
            ],
        )

    def _book(
        self, kind: str, cause: str, at: datetime, moved: Sequence[tuple[int, int, int | None]]
    ) -> None:
        entry = self._rows.put(
            LedgerEntry, reason=f"{kind}:{cause}", kind=kind, actor_id=None, at=at, sealed=False
        )
        postings = [posting for posting in moved if posting[1]]
        for position, (account, amount, order) in enumerate(postings, 1):
            self._rows.put(
                LedgerPosting,
                entry_id=entry,
                position=position,
                account_id=account,
                amount=amount,
                order_id=order,
            )
