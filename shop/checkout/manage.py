"""Where the operator confirms money (rule R1)."""

from flask import Blueprint

from shop.accounts.guards import operator
from shop.accounts.models import OperatorRight
from shop.checkout import money_pages, statement_pages

bp = Blueprint("checkout_manage", __name__)

for part in (statement_pages.pages, money_pages.pages):
    part.stand(bp, "/operator/uang-masuk", operator(OperatorRight.CONFIRM_MONEY))
