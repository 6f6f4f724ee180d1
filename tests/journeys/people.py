"""Who walks through the shop in a journey, each in a browser of their own."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shop.core.values import clock
from tests.support.browser import arrived
from tests.support.trade import AT_HOME, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


@dataclass(frozen=True)
class Visitor:
    """Somebody before a page."""

    page: "Page"

    def go(self, path: str) -> None:
        """Open an address of the shop."""
        self.page.goto(path)

    def press(self, words: str | re.Pattern[str]) -> None:
        """Press the button that says this."""
        self.page.get_by_role("button", name=words).first.click()
        arrived(self.page)

    def follow(self, words: str | re.Pattern[str]) -> None:
        """Follow the link that says this."""
        self.page.get_by_role("link", name=words).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        """Type into the field of this name."""
        self.page.get_by_label(label, exact=True).fill(text)

    @property
    def reads(self) -> str:
        """The main part of the page, as it is read."""
        return " ".join(self.page.locator("main").inner_text().split())

    def sign_in(self, login: str) -> None:
        """Enter with a demo account."""
        self.go("/masuk")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=sandi]").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Masuk").click()
        self.page.wait_for_load_state()
        assert "/masuk" not in self.page.url, self.reads


@dataclass(frozen=True)
class Shopper(Visitor):
    """Buys as a guest."""

    def search(self, words: str) -> None:
        """Look for goods from the head of the page."""
        box = self.page.get_by_role("searchbox").first
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_load_state()

    def choose(self, cooperative: str, way: str) -> None:
        """Choose how the parcel of a cooperative goes: ``pickup``, ``own`` or ``courier``."""
        self._parcel(cooperative).locator(f'input[type=radio][value^="{way}:"]').first.check()

    def choose_to_pay(self, way: str) -> None:
        """Choose how to pay: ``card`` or ``transfer``."""
        self.page.locator(f'input[type=radio][name=cara][value="{way}"]').check()

    def give_address(self) -> None:
        """Say who receives the parcels, and where."""
        self.fill("Nama penerima", "Sari Wulandari")
        self.page.locator("input[name=wa]").fill("0812 3456 7890")
        self.page.locator("textarea[name=alamat]").fill(AT_HOME["alamat"])
        self.page.locator("input[name=kel]").fill(AT_HOME["kel"])

    def amount_to_pay(self) -> str:
        """What the purchase page asks for, to the last rupiah."""
        return self.page.locator(".price--l").inner_text().strip()

    def order_numbers(self) -> list[str]:
        """The orders of the purchase, in the order of the page."""
        found = re.findall(r"\b[A-Z]{3}-\d{2}-\d{6}\b", self.reads)
        return list(dict.fromkeys(found))

    def parcel(self, cooperative: str) -> str:
        """What the page says about a cooperative's parcel."""
        return " ".join(self._parcel(cooperative).inner_text().split())

    def state(self, cooperative: str) -> str:
        """Where the parcel of a cooperative stands, in a word."""
        return self._parcel(cooperative).locator(".tag").first.inner_text().strip()

    def pickup_code(self, cooperative: str) -> str:
        """The code to say when fetching the parcel."""
        found = re.search(r"Kode ambil: (\d{6})", self.parcel(cooperative))
        assert found, self.parcel(cooperative)
        return found.group(1)

    def _parcel(self, cooperative: str) -> "Locator":
        return self.page.locator(".parcel").filter(has_text=cooperative)


@dataclass(frozen=True)
class Operator(Visitor):
    """Reads the bank and types what came."""

    def confirm(self, amount: str) -> None:
        """Find the bill of this amount and type it."""
        self.go("/operator/uang-masuk")
        self.page.get_by_role("searchbox").fill(amount)
        self.press("Cari")
        self.follow("Cocokkan")
        self.fill("Jumlah yang masuk di rekening", amount)
        today = clock.day_in(clock.HOME_ZONE, clock.now()).isoformat()
        self.fill("Tanggal masuk", today)
        self.press("Catat uang masuk")


@dataclass(frozen=True)
class Manager(Visitor):
    """Runs the desk of one cooperative."""

    def take(self, slug: str, number: str) -> None:
        """Open an order from the board, accept and pack it."""
        self.go(f"/kelola/{slug}/pesanan")
        self.follow(number)
        self.press("Terima pesanan")
        assert "Pesanan diterima" in self.page.locator("body").inner_text()
        self.press("Selesai dikemas")

    def open(self, slug: str, number: str) -> None:
        """Open one order."""
        self.go(f"/kelola/{slug}/pesanan/{number}")
