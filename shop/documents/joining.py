"""Several printed documents as one file: the only door to pypdf."""

import io
from collections.abc import Sequence


def joined(parts: Sequence[bytes]) -> bytes:
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
