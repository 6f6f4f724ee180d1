from flask import Flask

from shop.web.security import csrf
from tests.support.visitor import Visitor


def test_a_visitor_without_cookies_posts_with_the_days_token(app: Flask, client: Visitor) -> None:
    assert client.post("/nowhere", data={"a": "1"}).status_code == 404


def test_a_visitor_with_a_cart_posts_with_a_token_of_its_own(app: Flask, client: Visitor) -> None:
    client.set_cookie(csrf.CART_COOKIE, "keranjang-sari")
    assert client.token().startswith("s.")
    assert client.post("/nowhere").status_code == 404


def test_a_forged_form_is_refused(client: Visitor) -> None:
    client.sends_token = False
    assert client.post("/nowhere").status_code == 400
