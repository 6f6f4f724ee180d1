"""Our words in other languages, in the form that gettext reads.

The sheets that people write (``messages.po``) are in git; the form gettext reads stands beside
them and is made anew when a sheet is newer, by make and whenever the shop starts.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER: Final = Path(__file__).resolve().parents[2] / "translations"


def sheets(folder: Path = FOLDER) -> Iterator[Path]:
    """The sheet of each language but Indonesian, which is the source."""
    yield from sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def compile_sheets(folder: Path = FOLDER) -> None:
    """Write what gettext reads, where the sheet is newer."""
    for sheet in sheets(folder):
        ready = sheet.with_suffix(".mo")
        if not ready.exists() or ready.stat().st_mtime < sheet.stat().st_mtime:
            with sheet.open("rb") as source:
                catalog = read_po(source, locale=sheet.parts[-3], abort_invalid=True)
            # Several processes start at once: each one finds a whole file, old or new.
            fresh = ready.with_suffix(f".{os.getpid()}.mo")
            with fresh.open("wb") as target:
                write_mo(target, catalog)
            fresh.replace(ready)


def words_of(language: str) -> NullTranslations:
    """All words of ours in a language; Indonesian words stand as they are."""
    compile_sheets()
    return Translations.load(FOLDER, [language])
