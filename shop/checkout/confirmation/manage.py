"""Where transfers are confirmed (rule R1): by the operator, and by a cooperative's treasurer."""

from flask import Blueprint

from shop.checkout.confirmation import confirmation_pages, statement_pages
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import desk
from shop.people.cooperatives.rules import Role
from shop.people.sign_in.guards import operator

bp = Blueprint("checkout_manage", __name__)
own_bp = Blueprint("checkout_own_money", __name__)
blueprints = (bp, own_bp)

for part in (statement_pages.pages, confirmation_pages.pages):
    part.stand(bp, "/operator/uang-masuk", operator(OperatorRight.CONFIRM_MONEY))
    part.stand(own_bp, "/kelola/<slug>/uang-masuk", desk(Role.BENDAHARA))
