"""A planted violation of every import contract and of every rule of the house is found by name."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]

PLANTED_IMPORTS = {
    "Areas look down only": ("shop.core.values.clock", "shop.payments.bills.models"),
    "Rooms of core": ("shop.core.values.codes", "shop.core.database.upserts"),
    "Rooms of web": ("shop.web.i18n.language", "shop.web.rendering.icons"),
    "Rooms of services": ("shop.services.audit.models", "shop.services.media.models"),
    "Rooms of people": ("shop.people.accounts.models", "shop.people.sign_in.actions"),
    "Rooms of shipping": ("shop.shipping.places.models", "shop.shipping.quotes.queries"),
    "Rooms of catalog": ("shop.catalog.inventory.models", "shop.catalog.stock.queries"),
    "Rooms of sales": ("shop.sales.fees.rules", "shop.sales.orders.models"),
    "Rooms of payments": ("shop.payments.ledger.models", "shop.payments.bills.models"),
    "Rooms of checkout": ("shop.checkout.cart.models", "shop.checkout.placing.rules"),
    "Rooms of fulfilment": ("shop.fulfilment.orders.queries", "shop.fulfilment.board.queries"),
    "Rooms of aftersales": ("shop.aftersales.refunds.models", "shop.aftersales.disputes.evidence"),
    "Rooms of finance": ("shop.finance.payouts.models", "shop.finance.dashboards.queries"),
    "Rooms of storefront": ("shop.storefront.search.queries", "shop.storefront.home.queries"),
    "Inside a room": ("shop.checkout.cart.errors", "shop.checkout.cart.actions"),
    "Only the app imports pages": ("shop.cli.doctor", "shop.checkout.cart.views"),
    "Shop knows no demo": ("shop.cli.users", "demo.load"),
    "Rules, tables, verbs and reads know nothing of the web": (
        "shop.payments.cash.rules",
        "flask",
    ),
    "Workbooks have one door": ("shop.shipping.rates.rules", "openpyxl"),
    "Stripe has one door": ("shop.checkout.placing.actions", "stripe"),
    "Pictures are opened in media only": ("shop.catalog.photos.actions", "PIL"),
    "Photo storage has one door": ("shop.catalog.photos.actions", "obstore"),
    "Makers' long texts are cleaned at one door": ("shop.catalog.stories.actions", "nh3"),
    "Codes and bars have one door": ("shop.catalog.labels.rules", "segno"),
    "Indonesian data has one door": ("shop.shipping.places.models", "lokal"),
    "PDFs are joined at one door": ("shop.catalog.labels.rules", "pypdf"),
    "typst has one door": ("shop.catalog.labels.rules", "typst"),
}
"""By contract: a module and what it must not import."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the import contracts speak of."""
    copy = tmp_path_factory.mktemp("tree")
    for package in ("shop", "demo", "stripe_double", "bench"):
        shutil.copytree(
            ROOT / package,
            copy / package,
            ignore=lambda folder, names: {
                name for name in names if not (Path(folder, name).is_dir() or name.endswith(".py"))
            },
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def test_every_contract_has_a_planted_violation() -> None:
    assert sorted(PLANTED_IMPORTS) == sorted(contract["name"] for contract in CONTRACTS)


def test_each_planted_import_is_named_and_none_is_found_without(tree: Path) -> None:
    control = _linted(tree)
    assert control.returncode == 0, control.stdout
    for module, wanted in PLANTED_IMPORTS.values():
        _append(tree, module, f"import {wanted}")
    said = _linted(tree)
    assert said.returncode == 1
    reports = _reports(said.stdout)
    for name, (module, wanted) in PLANTED_IMPORTS.items():
        assert re.search(rf"\b{module} -> {wanted}\b", reports.get(name, "")), name


def test_a_new_area_and_a_new_room_must_be_given_their_place(tree: Path) -> None:
    for package in ("shop.gossip", "shop.people.gossip"):
        folder = tree / package.replace(".", "/")
        folder.mkdir()
        (folder / "__init__.py").touch()
    reports = _reports(_linted(tree).stdout)
    assert "gossip" in reports["Areas look down only"]
    assert "gossip" in reports["Rooms of people"]


def _append(tree: Path, module: str, line: str) -> None:
    file = (tree / module.replace(".", "/")).with_suffix(".py")
    assert file.exists(), file
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")


def _linted(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PATH": "/usr/bin:/bin"},
    )


def _reports(said: str) -> dict[str, str]:
    """What was said of each broken contract, by its name."""
    parts = re.split(r"^(.+)\n-+$", said.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
