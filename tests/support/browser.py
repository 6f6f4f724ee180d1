"""Pages in a real browser, as a shopper sees them."""

import os
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

from tools.browser import NORMAL_PATH, find

PHONE = (360, 740)
"""The width we design for first."""
DESK = (1280, 900)

EXPECTED = ("Failed to load resource: the server responded with a status of 4",)
"""What the browser says about a refused form; refusals are tested, not complained about."""


def launch(playwright: Playwright) -> Browser:
    """Start the browser of this machine."""
    return playwright.chromium.launch(
        executable_path=find(),
        # Root may not use Chromium's sandbox; small containers have little shared memory.
        args=[*(["--no-sandbox"] if os.geteuid() == 0 else []), "--disable-dev-shm-usage"],
        env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{NORMAL_PATH}"},
    )


def arrived(page: Page) -> None:
    """Wait for what the last click asked for: a new page, or a part of this one."""
    page.wait_for_load_state()
    page.locator('[aria-busy="true"]').first.wait_for(state="detached")


@dataclass
class Window:
    """Opens pages and remembers what the browser complained about on any of them."""

    browser: Browser
    base_url: str | None = None
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str | None = None,
        *,
        size: tuple[int, int] = PHONE,
        javascript: bool = True,
        base_url: str | None = None,
    ) -> Page:
        """A new visitor with empty pockets: own cookies, own storage.

        :param path: where to go first, e.g. ``/keranjang``; None stays on an empty page.
        """
        context = self.browser.new_context(
            base_url=base_url or self.base_url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=javascript,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            has_touch=size[0] < 600,
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        if path is not None:
            page.goto(path)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def close(self) -> None:
        """Close all pages; a script error or a breach of the content policy fails the test."""
        for context in self._contexts:
            context.close()
        assert not self.complaints, "the browser complained:\n" + "\n".join(self.complaints)
