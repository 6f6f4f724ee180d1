"""The words of messages: plain text from ``templates/notices``, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shop.core.money import write_rupiah
from shop.web.filters import written_day, written_time, written_weekday
from shop.web.language import in_language
from shop.web.wording import words_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """One message, ready for mail and for WhatsApp."""

    subject: str
    body: str
    whatsapp_text: str
    language: str


def words(kind: str, *, name: str, language: str = "id", **facts: object) -> NoticeWords:
    """Word one message.

    :param kind: the template ``templates/notices/<kind>.txt`` with its blocks ``subject`` and
        ``text``; its first line lists the facts it needs.
    :param name: how the reader is greeted.
    """
    texts = _texts(language)
    template = texts.get_template(f"{kind}.txt")
    known: Mapping[str, object] = {
        "name": name,
        **{fact: _led(fact, value, language) for fact, value in facts.items()},
    }

    def block(wanted: str) -> str:
        # A context for each block: blocks are rendered one by one, outside their page.
        return "".join(template.blocks[wanted](template.new_context(dict(known)))).strip()

    text = block("text")
    return NoticeWords(
        subject=" ".join(block("subject").split()),
        body=texts.get_template("mail.txt").render(name=name, text=text).strip() + "\n",
        whatsapp_text=texts.get_template("whatsapp.txt").render(name=name, text=text).strip(),
        language=language,
    )


def _led(fact: str, value: object, language: str) -> object:
    """A fact; a link leads to the page in the reader's language."""
    if not fact.endswith("link") or not isinstance(value, str):
        return value
    parts = urlsplit(value)
    shop = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return shop + in_language(language, value.removeprefix(shop))


@cache
def _texts(language: str) -> Environment:
    texts = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "notices"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 plain text: a "<" must reach the reader as it is
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts.install_gettext_translations(words_of(language), newstyle=True)  # type: ignore[attr-defined]
    texts.filters.update(
        rupiah=write_rupiah,
        tanggal=partial(written_day, reads=language),
        hari=partial(written_weekday, reads=language),
        jam=partial(written_time, reads=language),
    )
    return texts
