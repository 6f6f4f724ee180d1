"""The process that prints: reads what is asked, writes the papers, ends.

It is run by its path and imports nothing of the shop, so that it begins in some 25 milliseconds.
The first byte it writes says how it went (:data:`DONE`, :data:`NO_ROOM`, :data:`REFUSED`); after
it come the papers, each behind its length, or the words of the fault.
"""

import json
import sys
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
DONE, NO_ROOM, REFUSED = b"d", b"n", b"r"
LENGTH = 4
"""Bytes of a length, the biggest first."""
PANIC = "does-not-fit"
"""What a document panics with when its text has no room at the smallest size it may have."""


def answer(asked: bytes) -> bytes:
    """Papers of one kind.

    :param asked: JSON: ``document``, the path of a template, and ``all``, what each paper shows.
    """
    import typst  # here, because who asks imports this file too, for what stands above

    wanted = json.loads(asked)
    compiler = typst.Compiler(
        root=str(Path(wanted["document"]).parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
    )
    written = DONE
    for data in wanted["all"]:
        try:
            made = compiler.compile(
                wanted["document"],
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            )
        except typst.TypstError as fault:
            return (NO_ROOM if PANIC in fault.message else REFUSED) + fault.message.encode()
        if not isinstance(made, bytes):
            return REFUSED + b"a document is one file"
        written += len(made).to_bytes(LENGTH, "big") + made
    return written


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
