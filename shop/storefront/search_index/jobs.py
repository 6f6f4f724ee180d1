"""Indexes each product in the commit that changes its card; to be imported is enough."""

from shop.storefront.search_index.actions import listen

listen()
