"""The words of messages from ``templates/notices``, in the reader's language.

Each kind has one template of plain text. Mail in HTML, WhatsApp and the list in the shop show the
same words: paragraphs, lists whose lines begin with "- ", and addresses at the end of a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shop.core.values.money import format_rupiah
from shop.web.i18n.language import in_language
from shop.web.i18n.translations import words_of
from shop.web.rendering.template_filters import written_day, written_time, written_weekday

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """One message, ready for mail, for WhatsApp and for the list in the shop."""

    subject: str
    body: str
    html: str
    whatsapp_text: str
    language: str
    text: str
    """What happened, without greeting and signature."""
    link: str | None
    """Where it leads."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a text as HTML shows it."""

    shape: str
    """``text``, ``list`` or ``link``."""
    lines: tuple[str, ...]


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

    text, subject = block("text"), " ".join(block("subject").split())
    link = known.get("link")
    framed = {"name": name, "subject": subject, "text": text, "language": language}
    return NoticeWords(
        subject=subject,
        body=texts.get_template("mail.txt").render(framed).strip() + "\n",
        html=_frames(language).get_template("mail.html").render(framed, passages=passages(text)),
        whatsapp_text=texts.get_template("whatsapp.txt").render(framed).strip(),
        language=language,
        text=text,
        link=link if isinstance(link, str) else None,
    )


def passages(text: str) -> tuple[Passage, ...]:
    r"""The pieces of a message, in order.

    >>> [piece.shape for piece in passages("Halo.\n- satu\n- dua\n\nhttps://desa.example/a")]
    ['text', 'list', 'link']
    """
    found: list[Passage] = []
    may_join = False
    for line in text.splitlines():
        pieces = _pieces(line)
        for shape, said in pieces:
            if may_join and shape != "link" and found[-1].shape == shape:
                found[-1] = Passage(shape, (*found[-1].lines, said))
            else:
                found.append(Passage(shape, (said,)))
            may_join = True
        may_join = bool(pieces)  # an empty line parts what stands around it
    return tuple(found)


def _pieces(line: str) -> list[tuple[str, str]]:
    """What one line holds: an address at its end is a piece of its own."""
    if line.startswith("- "):
        return [("list", line.removeprefix("- "))]
    before, _, last = line.strip().rpartition(" ")
    if not last.startswith(("https://", "http://")):
        return [("text", line.strip())] if line.strip() else []
    return [*([("text", before)] if before else []), ("link", last)]


def _led(fact: str, value: object, language: str) -> object:
    """A fact; a link leads to the page in the reader's language."""
    if not fact.endswith("link") or not isinstance(value, str):
        return value
    parts = urlsplit(value)
    shop = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return shop + in_language(language, value.removeprefix(shop))


@cache
def _texts(language: str) -> Environment:
    # Plain text: a "<" must reach the reader as it is.
    return _environment(language, escapes=False)


@cache
def _frames(language: str) -> Environment:
    frames = _environment(language, escapes=True)
    frames.globals["look"] = _look
    return frames


def _environment(language: str, *, escapes: bool) -> Environment:
    texts = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "notices"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=escapes,  # noqa: S701 plain text is not escaped, HTML is
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts.install_gettext_translations(words_of(language), newstyle=True)  # type: ignore[attr-defined]
    texts.filters.update(
        rupiah=format_rupiah,
        tanggal=partial(written_day, reads=language),
        hari=partial(written_weekday, reads=language),
        jam=partial(written_time, reads=language),
    )
    return texts


_FACE = "font-family:'Plus Jakarta Sans',Arial,sans-serif;"
_LOOKS: Mapping[str, str] = {
    "page": f"{_FACE}margin:0;padding:24px 12px;background:#f4f1ea;color:#1c2434;",
    "sheet": "max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;",
    "head": "padding:16px 24px;background:#122549;color:#ffffff;font-weight:800;font-size:20px;"
    "border-radius:8px 8px 0 0;",
    "main": "padding:8px 24px 24px;font-size:16px;line-height:1.5;",
    "button": "display:inline-block;padding:12px 20px;background:#122549;color:#ffffff;"
    "border-radius:6px;font-weight:700;text-decoration:none;",
    "spelt": "font-size:13px;color:#5a6274;word-break:break-all;",
    "foot": "padding:16px 24px;font-size:13px;line-height:1.5;color:#5a6274;"
    "border-top:1px solid #e4dfd4;",
}
"""What mail programs show: they know no stylesheets, only what stands on each part."""


def _look(part: str) -> Markup:
    return Markup(' style="{}"').format(_LOOKS[part])
