import re
from pathlib import Path

import pytest

from tools.check_house import findings, in_page, path_parts

RECORDS = Path(__file__).parents[2] / "docs" / "decisions"

# Put together here, so that the check does not find its own examples.
HOME = "/".join(("", "home", "joko"))
REGISTRY = ".".join(("pypi", "org"))
LATER = "".join(("TO", "DO"))
MUTED = "".join(("# no", "qa"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/run.md", f"put it into {HOME}/lumbung"),
        ("docs/run.md", f"fetch it from {REGISTRY}"),
        ("shop/checkout/cart/rules.py", f"# {LATER}: later"),
        ("shop/checkout/cart/rules.py", f"fee = price  {MUTED}"),
        ("shop/checkout/cart/rules.py", "fee = price / 2"),
        ("shop/checkout/cart/rules.py", "fee = price * 0.11"),
        ("shop/checkout/cart/views.py", "fee = round(price)"),
        ("shop/checkout/cart/views.py", "fee = Decimal(price)"),
        ("shop/checkout/cart/queries.py", "from shop.core.values.clock import DAY, now"),
        ("demo/history/trade.py", "from shop.core.values.clock import now"),
        ("shop/checkout/cart/pricing.py", "from flask import g"),
        ("shop/checkout/cart/jobs.py", "import werkzeug.exceptions"),
        ("templates/cart.html", '<p style="color: red">'),
        ("templates/cart.html", "<script>alert(1)</script>"),
        ("templates/cart.html", '<a onclick="buy()">'),
        ("templates/cart.html", "{{ story|safe }}"),
    ],
)
def test_what_would_hurt_later_is_found_now(path: str, text: str) -> None:
    assert list(findings(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/run.md", "make run, then look at /produk and /work-shops"),
        ("shop/checkout/cart/rules.py", "shares = allocate(fee, weights)\nhalf = fee // 2"),
        ("shop/services/media/image_processing.py", "scale = round(wide / high)"),
        ("shop/services/media/rules.py", "from pathlib import Path\nhere = Path('a') / 'b'"),
        ("shop/checkout/cart/manage_prices.py", "from flask import g"),
        ("shop/checkout/cart/price_words.py", "from flask_babel import gettext"),
        ("shop/web/http/headers.py", "from flask import Flask"),
        ("templates/cart.html", '<script src="{{ asset("js/toko.js") }}" type="module"></script>'),
        ("templates/cart.html", '<p class="once">{{ story }}</p>'),
    ],
)
def test_ordinary_work_is_left_alone(path: str, text: str) -> None:
    assert not list(findings(path, text))


def test_a_page_names_files_that_exist() -> None:
    known = path_parts(["shop/checkout/cart/rules.py", "tests/checkout/cart/test_cart.py"])
    there = "`cart/rules.py`, `shop/checkout/`, `pytest tests/checkout/cart -q`, `/cart.html`"
    gone = "`carts/rules.py`, `shop/cart`, `pytest tests/cart -q`"
    assert not list(in_page(there, known))
    assert len(list(in_page(gone, known))) == 3


def test_every_decision_stands_in_their_list_once_and_in_order() -> None:
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (RECORDS / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(file.name for file in RECORDS.glob("[0-9]*.md"))
