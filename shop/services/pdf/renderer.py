"""From facts to paper, in a process of its own.

typst keeps what it drew: a process that prints grows from 86 MiB to 300. So each printing has its
own (``typst_process.py``, the only file of the shop that knows typst), which ends with it, and the
processes that show pages stay small (record 0371).

A document is a ``.typ`` file beside the module that fills it in. What it shows comes as
JSON and is never part of its source, so nothing that a person typed can become a command.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from shop.services.pdf import typst_process
from shop.services.pdf.errors import DoesNotFit, PressStopped

MAX_SECONDS: Final = 30
"""Twenty orders take one on a quiet machine; what takes longer than this never ends."""

_one_at_a_time = Lock()


def render_pdf(document: Path, data: Mapping[str, object]) -> bytes:
    """A document, filled in, as PDF.

    :param document: path of its ``.typ`` file, which may read files of its own folder only.
    :param data: all that it shows, as JSON can say it; it reads ``sys.inputs.data``.
    :raises DoesNotFit: when the document says that its text has no room.
    :raises PressStopped: when the printing did not end in time.
    :raises RuntimeError: for what is wrong with the document itself; a mistake of ours.
    """
    return pdfs(document, [data])[0]


def pdfs(document: Path, every: Sequence[Mapping[str, object]]) -> list[bytes]:
    """The same document, filled in several times: one process for all of them.

    :raises DoesNotFit: when one of them has no room; also what else :func:`render_pdf` raises.
    """
    if not every:
        return []
    asked = json.dumps({"document": str(document), "all": every}).encode()
    # One at a time: each takes 100 MB while it lasts, and a page of labels lasts 0.1 s.
    with _one_at_a_time:
        told = _print(asked)
    how, rest = told[:1], told[1:]
    if how == typst_process.NO_ROOM:
        raise DoesNotFit(document.name)
    if how != typst_process.DONE:
        raise RuntimeError(f"{document.name}: {rest.decode(errors='replace') or 'the press ended'}")
    return list(_parted(rest))


def _print(asked: bytes) -> bytes:
    try:
        # Isolated: it needs typst alone, and nothing beside its file may stand in for a library.
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", typst_process.__file__],
            input=asked,
            stdout=subprocess.PIPE,
            timeout=MAX_SECONDS,
            check=False,
        ).stdout
    except (subprocess.TimeoutExpired, OSError) as fault:
        raise PressStopped(str(fault)) from fault


def _parted(papers: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(papers):
        begin = start + typst_process.LENGTH
        end = begin + int.from_bytes(papers[start:begin], "big")
        yield papers[begin:end]
        start = end


def merge_pdfs(parts: Sequence[bytes]) -> bytes:
    """All pages of some documents, one after the other; a single one stays byte for byte."""
    if len(parts) == 1:
        return parts[0]
    from pypdf import PdfWriter

    whole = PdfWriter()
    for part in parts:
        whole.append(io.BytesIO(part))
    made = io.BytesIO()
    whole.write(made)
    return made.getvalue()
