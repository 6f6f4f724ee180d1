"""QR codes: the one door to the library that draws them."""

import io


def drawing(text: str) -> tuple[str, int]:
    """A code that says a text, as SVG, and how many squares it is wide with its rim."""
    import segno  # only where a code is drawn

    code = segno.make(text, error="m", micro=False)
    written = io.BytesIO()
    code.save(written, kind="svg", xmldecl=False, svgclass=None, lineclass=None)
    return written.getvalue().decode(), int(code.symbol_size()[0])


def picture(text: str) -> str:
    """The same for the ``src`` of an image: black on white, also on a dark page."""
    import segno

    drawn: str = segno.make(text, error="m", micro=False).svg_data_uri(light="#fff", omitsize=True)
    return drawn
