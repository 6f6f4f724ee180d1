"""Where a cooperative's treasurer confirms money that came to its own accounts (rule R1)."""

from flask import Blueprint

from shop.checkout import money_pages, statement_pages
from shop.cooperatives.guards import desk
from shop.cooperatives.rules import Role

bp = Blueprint("checkout_own_money", __name__)

for part in (statement_pages.pages, money_pages.pages):
    part.stand(bp, "/kelola/<slug>/uang-masuk", desk(Role.BENDAHARA))
