"""Indexes each product in the commit that changes its card; to be imported is enough."""

from shop.search.actions import listen

listen()
