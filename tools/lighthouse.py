"""Ask Lighthouse about a running shop: home, catalogue, product, cooperative and checkout.

    python tools/lighthouse.py                          the shop at http://127.0.0.1:8000
    python tools/lighthouse.py --url URL --runs 5       another one; the median of five runs counts
    python tools/lighthouse.py --only checkout,/en      addresses that hold one of these words

Needs Node with npx (Lighthouse comes from there) or LIGHTHOUSE=path, and a Chromium. Run it on a
calm machine over the whole demo market (`make run`, and let its worker finish the photos). It puts
goods into a cart of its own for the checkout. Writes ``var/lighthouse.json``; exit 1 when a median
misses its goal.
"""

import argparse
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.browser import find  # noqa: E402 - the project's own folder comes first

VERSION: Final = "12.8"
GOALS: Final = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES: Final = (
    "/",
    "/produk",
    "/produk/kopi-arabika-gayo-sangrai-sedang-biji",
    "/koperasi/embun-takengon-bersemi",
    "/checkout",
)
LANGUAGES: Final = ("", "/en")
TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
GOODS: Final = re.compile(r'name="varian" value="(\d+)"')
CART: Final = "lumbung_keranjang"


def cart_of(url: str) -> str:
    """Fill a cart with three goods and give its cookie."""
    jar = http.cookiejar.CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for place in (0, 4, 9):
        page = visitor.open(f"{url}/produk").read().decode()
        token, goods = TOKEN.findall(page)[0], GOODS.findall(page)[place]
        body = urllib.parse.urlencode({"csrf_token": token, "varian": goods}).encode()
        ask = urllib.request.Request(f"{url}/keranjang/isi", body, {"Origin": url})  # noqa: S310
        visitor.open(ask).read()
    return next(f"{one.name}={one.value}" for one in jar if one.name == CART)


def asked(address: str, cookie: str, folder: Path) -> dict[str, Any]:
    """One run of Lighthouse over one page. Any: its report is a tree of many kinds."""
    report = folder / "report.json"
    tool = [named] if (named := os.environ.get("LIGHTHOUSE")) else None
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    subprocess.run(
        [
            *(tool or ["npx", "--yes", f"lighthouse@{VERSION}"]),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--chrome-flags={flags}",
            f"--only-categories={','.join(GOALS)}",
            *([f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []),
        ],
        check=True,
        env={**os.environ, "CHROME_PATH": str(find())},
    )
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def short(report: dict[str, Any]) -> dict[str, float]:
    """What of a report counts: scores, the moments of the first view, what was fetched."""
    numbers = {name: round(report["categories"][name]["score"] * 100) for name in GOALS}
    audits = report["audits"]
    return {
        **numbers,
        "lcp_ms": round(audits["largest-contentful-paint"]["numericValue"]),
        "tbt_ms": round(audits["total-blocking-time"]["numericValue"]),
        "cls": round(audits["cumulative-layout-shift"]["numericValue"], 3),
        "bytes": round(audits["total-byte-weight"]["numericValue"]),
    }


def faults(report: dict[str, Any]) -> set[str]:
    """Audits that cost a point of what must be whole."""
    counted = {
        ref["id"]
        for name in GOALS
        if name != "performance"
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"]
    }
    return {name for name in counted if report["audits"][name]["score"] not in (1, None)}


def main() -> int:
    """Print the medians, write them down, and say whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="words, comma-separated")
    told = parser.parse_args()
    url, words = told.url.rstrip("/"), [word for word in told.only.split(",") if word]
    cookie = cart_of(url)
    medians: dict[str, dict[str, float]] = {}
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in (start + page for start in LANGUAGES for page in PAGES):
            if words and not any(word in path for word in words):
                continue
            pocket = cookie if path.endswith("/checkout") else ""
            reports = [asked(url + path, pocket, Path(folder)) for _ in range(told.runs)]
            runs = [short(report) for report in reports]
            medians[path] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            wrong = sorted(set().union(*map(faults, reports)))
            missed += any(medians[path][name] < goal for name, goal in GOALS.items())
            print(path, json.dumps(medians[path]), *wrong, flush=True)
    target = ROOT / "var" / "lighthouse.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(medians, indent=1) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
