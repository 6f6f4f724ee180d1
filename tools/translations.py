"""Our words in other languages.

    python tools/translations.py check      every catalogue is complete and current
    python tools/translations.py update     take new words of the shop into every catalogue
    python tools/translations.py compile    make the .mo files that the running shop reads

The source text is Indonesian; a language is a folder shop/translations/<code>/LC_MESSAGES.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from shop.web.i18n import translations

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = translations.FOLDER
WHERE = [
    ("shop/**.py", "python"),
    ("stripe_double/**.py", "python"),
    ("stripe_double/**.html", "jinja2"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
_PAGES = {"trimmed": "true", "encoding": "utf-8", "silent": "false"}
OPTIONS = {
    "stripe_double/**.html": _PAGES,
    "templates/**.html": _PAGES,
    "templates/**.txt": _PAGES,
}
FOLDERS = ("shop", "stripe_double", "templates")
HEAD = """\
# The shop's words. tools/translations.py takes new ones in; people write them.
msgid ""
msgstr ""
"Project-Id-Version: Lumbung\\n"
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "ours": None}


def words() -> Catalog:
    """Every text of ours that a page may show."""
    catalog = Catalog(project="Lumbung", charset="utf-8", fuzzy=False)
    for folder in FOLDERS:
        methods = [(p.removeprefix(f"{folder}/"), m) for p, m in WHERE if p.startswith(folder)]
        options = {p.removeprefix(f"{folder}/"): o for p, o in OPTIONS.items()}
        for name, _line, text, comments, context in extract_from_dir(
            ROOT / folder, methods, options, KEYWORDS, comment_tags=("Translators:",)
        ):
            # No line numbers: they would change the catalogue with every edit.
            catalog.add(
                text,
                locations=[(f"{folder}/{name}", None)],  # type: ignore[list-item]
                auto_comments=comments,
                context=context,
            )
    return catalog


def catalogues() -> list[Path]:
    """The languages that stand in the house."""
    return list(translations.sheets(TRANSLATIONS))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def check() -> int:
    """Print every text that is missing, unsure or out of use; 1 when there is any."""
    source, bad = words(), 0
    for path in catalogues():
        catalog = _read(path)
        place = path.relative_to(ROOT)
        for message in source:
            if not message.id:
                continue
            known = catalog.get(message.id, message.context)
            if known is None or not _complete(known.string):
                print(f"{place}: not translated: {message.id!r}")
            elif known.fuzzy:
                print(f"{place}: marked fuzzy: {message.id!r}")
            elif problems := list(known.check(catalog)):
                print(f"{place}: {problems[0]}: {message.id!r}")
            else:
                continue
            bad += 1
    return 1 if bad else 0


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def update() -> int:
    """Take new texts in and old ones out; nothing is guessed."""
    source = words()
    for path in catalogues():
        catalog = _read(path)
        catalog.update(source, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        write(path, catalog)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts")
    return 0


def write(path: Path, catalog: Catalog) -> None:
    """A sheet that changes only where its words do: no dates, no line numbers."""
    sheet = io.BytesIO()
    write_po(sheet, catalog, width=100, sort_output=True, omit_header=True)
    head = HEAD.format(language=catalog.locale_identifier, plural=catalog.plural_forms)
    path.write_bytes(head.encode() + sheet.getvalue())


def compile_all() -> int:
    """Write the form that gettext reads, where the sheet is newer."""
    translations.compile_sheets(TRANSLATIONS)
    return 0


if __name__ == "__main__":
    sys.exit({"check": check, "update": update, "compile": compile_all}[sys.argv[1]]())
