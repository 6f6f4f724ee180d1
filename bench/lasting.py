"""What a server grows to: many requests for all sorts of pages, and its memory on the way.

    python -m bench.lasting [--requests 10000] [--photos 200] [--rounds 2]
                            [--products 100000 --engine postgresql]

Eight clients ask for home, lists, goods, cooperatives, stories, pictures, searches and
suggestions in no order, half of them with a cookie. In the demo's market a manager then uploads
photos. In each further round the requests come again, without photos.
"""

import argparse
import gzip
import http.client
import random
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import growth, served, uploads
from bench.__main__ import VAR
from bench.market import Market, market

KIB = 1_024
MAX_LISTS = 50
"""Pages of the catalogue that are looked through for addresses."""
LOOKS = 5
"""How often memory is looked at in each round."""
WORDS = ("kopi", "keripik", "madu", "sambal", "batik", "tenun", "gula aren", "kripk", "halal bali")
_LINKS = re.compile(r'href="(/(?:produk|koperasi|cerita)[^"#]*)"')
_PICTURES = re.compile(r"/media/[\w./-]+\.(?:webp|jpg|avif)")
_NEXT = re.compile(r'href="(/produk\?[^"]*setelah=[^"]*)"')


def main() -> None:
    """Serve the measured market, ask, and print what it takes."""
    asked = argparse.ArgumentParser(prog="python -m bench.lasting", description=__doc__)
    asked.add_argument("--requests", type=int, default=10_000)
    asked.add_argument("--photos", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--products", type=int, help="invented ones, instead of the demo's")
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    wanted = asked.parse_args()
    if wanted.products is None:
        with tempfile.TemporaryDirectory() as folder:
            found = copied(market(VAR / "bench"), Path(folder) / "market")
            watch(found.environment, wanted.requests, wanted.rounds, wanted.photos)
        return
    with growth.invented(wanted.engine, [wanted.products]) as (_, markets):
        environment = growth.environment_of(markets[wanted.products])
        watch(environment, wanted.requests, wanted.rounds, 0)


def copied(found: Market, folder: Path) -> Market:
    """A copy of the measured market, whose photos may be changed."""
    shutil.copytree(found.var, folder)
    return market(folder)


def watch(environment: Mapping[str, str], requests: int, rounds: int, photos: int) -> None:
    """Serve this market, send requests and photos, and print the memory (PSS) on the way."""
    with served.serving(None, environment, "/readyz") as (url, pid):

        def tell(what: str) -> None:
            print(f"{what:24} {served.memory(pid) / KIB:7.1f} MiB", flush=True)

        tell("at start")
        paths = addresses(url)
        for look in range(LOOKS * rounds):
            ask(url, paths, requests // LOOKS, seed=look)
            tell(f"{requests * (look + 1) // LOOKS:,} requests")
            if look == LOOKS - 1 and photos:
                uploads.upload(url, environment, photos)
                tell(f"and {photos} photos")


def addresses(url: str) -> list[str]:
    """All that can be looked at from the pages of the catalogue, and searches beside it."""
    connection = _connection(url)
    found = {"/", "/produk", "/koperasi", "/masuk", "/keranjang"}
    found |= {f"/produk?q={word.replace(' ', '+')}" for word in WORDS}
    found |= {f"/produk/saran?q={word[:end]}" for word in WORDS for end in (2, 3, 4)}
    path: str | None = "/produk"
    for _ in range(MAX_LISTS):
        if path is None:
            break
        page = _get(connection, path).decode()
        for pattern in (_LINKS, _PICTURES):
            found |= {link.replace("&amp;", "&") for link in pattern.findall(page)}
        after = _NEXT.search(page)
        path = after[1].replace("&amp;", "&") if after else None
    return sorted(found)


def ask(url: str, paths: Sequence[str], requests: int, *, seed: int) -> None:
    """Eight clients that keep their connections and choose by chance, the same for each seed."""
    faults: list[str] = []

    def client(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        connection = _connection(url)
        for _ in range(requests // served.CLIENTS):
            path = chance.choice(paths)
            try:
                _get(connection, path, with_cookie=chance.random() < 0.5)
            except (OSError, http.client.HTTPException) as fault:
                faults.append(f"{path}: {fault}")
                return

    clients = [threading.Thread(target=client, args=(one,)) for one in range(served.CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if faults:
        raise RuntimeError("; ".join(faults))


def _connection(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)


def _get(connection: http.client.HTTPConnection, path: str, *, with_cookie: bool = False) -> bytes:
    headers = {"Accept-Encoding": "gzip"} | ({"Cookie": "seen=1"} if with_cookie else {})
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise http.client.HTTPException(f"answered {answer.status}")
    return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


if __name__ == "__main__":
    main()
