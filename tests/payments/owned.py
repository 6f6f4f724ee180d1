"""A cooperative's own account, and who stands around it."""

from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.payments.bills.models import PayeeKind, Payment
from shop.payments.payees import actions as payees
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.accounts.passwords import hash_password
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, Goods, make_person, make_seat
from tests.support.customer import Customer, InProcess
from tests.support.entering import sign_in

SECRET = "tiga kata rahasia"


def make_own(db: Database, goods: Goods) -> int:
    """An account added, verified and turned on; its id."""
    mine = goods.cooperative.id
    with db.writing() as session:
        payee = payees.add_account(
            session,
            cooperative_id=mine,
            kind=PayeeKind.BANK,
            provider="BRI",
            number="001234567890",
            holder=goods.cooperative.name,
            person_id=1,
            now=NOON,
        )
        payees.verify_account(session, payee.id, person_id=2, now=NOON)
        payees.take_payments(
            session, payee.id, cooperative_id=mine, is_on=True, person_id=1, now=NOON
        )
        return payee.id


def seated(app: Flask, db: Database, cooperative: Cooperative, role: Role) -> Customer:
    """Somebody with this role at the cooperative, signed in."""
    person = make_person(db, role.value, f"{role.value}@{cooperative.code.lower()}.example")
    make_seat(db, cooperative, person, role)
    return entered(app, db, person)


def entered(app: Flask, db: Database, person: Person) -> Customer:
    """This person, signed in and with a password to type again."""
    hashed = hash_password(SECRET)
    with db.writing() as session:
        session.get_one(Person, person.id).password_hash = hashed
    return Customer(InProcess(app), {SIGN_IN_COOKIE: sign_in(app.test_client(), db, person)})


def operator(app: Flask, db: Database) -> Customer:
    """Who verifies accounts and confirms money at the operator."""
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    return entered(app, db, person)


def bought(app: Flask, db: Database, packs: dict[Goods, int]) -> Payment:
    """A purchase by transfer, placed at the checkout; its bill."""
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, packs)
    sari.send("/checkout", pay_data(page, cara="transfer"))
    with db.reading() as session:
        return session.scalars(select(Payment).order_by(Payment.id.desc()).limit(1)).one()


def home(goods: Goods, path: str) -> str:
    """A page at the desk of the cooperative of these goods."""
    return f"/kelola/{goods.cooperative.slug}/{path}"
