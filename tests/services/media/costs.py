"""What taking one photo in costs, in a process of its own: ``tests.services.media.costs FILE``."""

import json
import sys
import time
from pathlib import Path

from PIL import Image

from shop.services.media.image_processing import prepare_first, render
from shop.services.media.rules import UPLOAD_WIDTHS, PhotoFormat, missing_sizes


def measure(upload: Path) -> dict[str, float]:
    """Processor seconds until the page can answer and of the worker, and megabytes of growth."""
    # Codecs and tables that every process loads once are no cost of this photo.
    tiny = prepare_first(_tiny(), widths=UPLOAD_WIDTHS)
    render(tiny.master, widths=(160,), formats=tuple(PhotoFormat))
    data = upload.read_bytes()
    before, begun = _peak(), time.process_time()
    photo = prepare_first(data, widths=UPLOAD_WIDTHS)
    first, answered = time.process_time() - begun, _peak()
    begun = time.process_time()
    made = [(one.format, one.width) for one in photo.renditions]
    for kind, widths in missing_sizes(photo.side, made).items():
        render(photo.master, widths=widths, formats=(kind,))
    rest = time.process_time() - begun
    return {"first": first, "rest": rest, "megabytes": max(answered, _peak()) - before}


def _tiny() -> bytes:
    from io import BytesIO

    out = BytesIO()
    Image.new("RGB", (600, 600), "goldenrod").save(out, "JPEG")
    return out.getvalue()


def _peak() -> float:
    # Not getrusage: its peak is handed on by the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1_024 / 1_000_000


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))  # what the test reads
