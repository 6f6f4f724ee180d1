"""Bars for the scanners of counters and couriers: the one door to the library that knows them."""

import io

QUIET = 10
"""Bars of white on each side: without them no scanner finds the beginning."""
TALL = 30


def bars(text: str) -> str:
    """A text in Code 128, as SVG; one unit is the narrowest bar.

    :param text: signs of ASCII, for example an order's number.
    """
    from barcode.codex import Code128  # only where a label is drawn

    (drawn,) = Code128(text).build()
    path, start = [], None
    for place, sign in enumerate(drawn + "0"):
        if sign == "1" and start is None:
            start = place
        elif sign == "0" and start is not None:
            path.append(f"M{QUIET + start} 0h{place - start}v{TALL}h-{place - start}z")
            start = None
    wide = len(drawn) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {TALL}">'
        f'<path d="{"".join(path)}"/></svg>'
    )


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
