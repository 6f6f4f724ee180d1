"""The double's pay page: one amount, three buttons, nothing to type."""

import gettext
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

from shop.core.values.clock import HOME_ZONE, ZONE_NAMES, in_zone
from shop.core.values.money import Rupiah, format_rupiah
from stripe_double.bank import BANK, bank_of, play_bank
from stripe_double.charges import ChargeEngine
from stripe_double.errors import Refusal
from stripe_double.store import Thing

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TEMPLATES = HERE / "templates"
STYLES = tuple(
    ROOT / "static" / "css" / name
    for name in (
        "reset.css",
        "tokens.css",
        "base.css",
        "components/button.css",
        "components/note.css",
        "sandbox/pay.css",
    )
)
"""The shop's own colours and buttons, so that the demo stays of one piece."""


class PayPages:
    """Pages a browser sees at the double."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        # Its fonts stand at the shop, and this page loads nothing from elsewhere.
        css = "\n".join(path.read_text(encoding="utf-8") for path in STYLES)
        self._css = re.sub(r"@font-face\s*{[^}]*}", "", css).encode()
        self._css_path = f"/pay/gaya-{hashlib.sha256(self._css).hexdigest()[:16]}.css"

    def answer(self, request: Request, till: ChargeEngine) -> Response:
        """The page, or what its button did."""
        if request.path == self._css_path:
            return Response(
                self._css,
                content_type="text/css; charset=utf-8",
                headers={"Cache-Control": "public, max-age=31536000, immutable"},
            )
        key = request.path.removeprefix("/pay/")
        given = request.form  # read before anybody else has to wait for a slow phone
        with till.store.transaction():
            try:
                page = till.get("checkout.session", key)
            except Refusal:
                return self._page(None, "tidak_ada.html", status=404)
            if request.method == "POST":
                return self._press(given, till, page, foreign=_foreign(request))
            if page["status"] != "open":
                return self._over(till, page)
            return self._open(till, page)

    def token(self, page: Thing) -> str:
        """What the form carries, so that no other site can press the buttons."""
        return hmac.new(self._secret, page["id"].encode(), "sha256").hexdigest()

    def _open(
        self, till: ChargeEngine, page: Thing, status: int = 200, *, stale: bool = False
    ) -> Response:
        intent = till.store.find(page["payment_intent"] or "") or {}
        asked = till.store.find(f"{page['id']}/payment_intent_data") or {}
        return self._page(
            page,
            "bayar.html",
            status,
            declined=bool(intent.get("last_payment_error")),
            stale=stale,
            words=asked.get("description", ""),
            token=self.token(page),
        )

    def _over(
        self, till: ChargeEngine, page: Thing, status: int = 200, *, stale: bool = False
    ) -> Response:
        """What a page says that was paid or closed; on a paid one a person can play the bank."""
        return self._page(
            page,
            "selesai.html",
            status,
            bank=bank_of(till, page),
            stale=stale,
            token=self.token(page),
        )

    def _press(
        self, given: Mapping[str, str], till: ChargeEngine, page: Thing, *, foreign: bool
    ) -> Response:
        if foreign or not _same(given.get("token", ""), self.token(page)):
            refuse = self._open if page["status"] == "open" else self._over
            return refuse(till, page, 403, stale=True)
        act = given.get("tindakan", "")
        if act in BANK:
            play_bank(till, page, act)
            return _lead(f"/pay/{page['id']}")
        if act == "batal" and page["cancel_url"]:
            return _lead(page["cancel_url"])
        if page["status"] == "open" and act == "bayar":
            page = till.pay(page)
        elif page["status"] == "open" and act == "tolak":
            till.decline(page)
        if page["status"] == "complete":
            return _lead(success(page))
        return _lead(f"/pay/{page['id']}")

    def _page(
        self, page: Thing | None, template: str, status: int = 200, **values: object
    ) -> Response:
        language = "en" if page is not None and page["locale"] == "en" else "id"
        origins = _origins(page)
        html = (
            _templates(language)
            .get_template(template)
            .render(
                page=page,
                css=self._css_path,
                lang=language,
                amount=_amount(page),
                until=_until(page, language),
                success_url=success(page) if page is not None else None,
                **values,
            )
        )
        return Response(
            html,
            status,
            content_type="text/html; charset=utf-8",
            headers={
                # Chromium asks form-action about the address a form leads on to as well.
                "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:;"
                " base-uri 'none'; frame-ancestors 'none';"
                f" form-action {' '.join(origins)}",
                "Cache-Control": "private, no-store",
                "Referrer-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                "X-Robots-Tag": "noindex",
            },
        )


def success(page: Thing) -> str:
    """Where the shopper goes after paying."""
    url: str = page["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", page["id"])


def _lead(url: str) -> Response:
    return Response("", 303, headers={"Location": url, "Cache-Control": "no-store"})


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _foreign(request: Request) -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _origins(page: Mapping[str, str] | None) -> list[str]:
    found = {"'self'"}
    for name in ("success_url", "cancel_url") if page is not None else ():
        parts = urlsplit(page[name] or "") if page is not None else urlsplit("")
        if parts.scheme in ("http", "https") and re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
            found.add(f"{parts.scheme}://{parts.netloc}")
    return sorted(found)


def _amount(page: Thing | None) -> str:
    if page is None:
        return ""
    whole, rest = divmod(page["amount_total"], 100)
    if page["currency"] != "idr":
        return f"{page['currency'].upper()} {whole}.{rest:02}"
    return format_rupiah(Rupiah(whole)) + (f",{rest:02}" if rest else "")


def _until(page: Thing | None, language: str) -> str:
    if page is None:
        return ""
    moment = in_zone(datetime.fromtimestamp(page["expires_at"], UTC), HOME_ZONE)
    clock_face = f"{moment:%H:%M}" if language == "en" else f"{moment:%H.%M}"
    return f"{clock_face} {ZONE_NAMES[HOME_ZONE]}"


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES, ROOT / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    words = gettext.translation(
        "messages", ROOT / "shop" / "translations", [language], fallback=True
    )
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return environment
