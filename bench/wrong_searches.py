"""What searches cost that nobody means, beside ordinary ones: they must not slow the shop."""

import time

from flask import Flask

from bench import cpu

HOSTILE = (
    "q=%25",
    "q=_",
    "q='",
    'q="',
    "q=%22)%20OR%201=1",
    "q=" + "a" * 500,
    "q=%00",
    "q=kopi%00",
    "q=%F0%9F%99%82",
    "setelah=-1",
    "setelah=%00",
    "setelah=" + "A" * 5_000,
    "setelah=WyJ0ZXJsYXJpcyIsMSwyLDNd",
    "setelah=WyJ0ZXJiYXJ1Iiw5MjIzMzcyMDM2ODU0Nzc1ODA3LDFd&urut=terbaru",
    "urut=acak",
    "kategori=tidak-ada",
    "kategori=%00&koperasi=%27&provinsi=%25",
    "kategori=a&" * 60,
    "harga_min=murah",
    "harga_min=-1",
    "harga_min=1e3&harga_max=10.5",
    "harga_min=99999999999999999999999",
    "harga_min=%D9%A1%D9%A2",
    "harga_max=1&harga_min=100000",
    "tahan_min=-5",
    "tahan_min=99999999999999999999",
    "halal=ya&tersedia=2",
    "q=NEAR(kopi%20gayo)&dekat=Bali",
    "q=kopi%20AND&persis=1",
    "q=*",
    "q=%22%22",
    "q=" + "kopi%20" * 2_000,
    "q=" + "a" * 20_000,
    "q=" + "a" * 200_000,
    "q=" + "kopi+" * 40_000,
    "q=%D9%A3%D9%A4",
    "dekat=Atlantis&urut=terdekat",
    "dekat=%00",
    "dekat=Bali&setelah=WyJ0YW5kYSIsOTk5LDk5OV0",
    "kategori=minuman&setelah=WyJ0YW5kYSIsLTEsLTFd",
    "&".join(f"kategori=k{number}" for number in range(300)),
    "&".join(f"koperasi=%27{number}" for number in range(300)),
    "provinsi=%22%20OR%20%22",
    "&".join(
        f"{name}={letter * 60}{number}"
        for name, letter in (("kategori", "a"), ("koperasi", "b"), ("provinsi", "c"))
        for number in range(20)
    ),
    "harga_max=0",
)
ORDINARY = (
    *("q=kopi", "q=kripik", "q=kopi+gayo", "q=kerajinan+bambu", "q=tenun&halal=ya", "q=teh+hijau"),
    *("q=batik&urut=termurah", "q=madu+hutan", "q=sambal", "q=xyzzy", "q=ko", "q=kopi+bubuk+250"),
    *("kategori=minuman", "kategori=makanan-olahan&halal=ya", "provinsi=Bali&provinsi=Aceh", ""),
    *("harga_max=50000&tersedia=1", "urut=terbaru", "dekat=Bali&urut=terdekat", "tahan_min=90"),
)
ROUNDS = 3
TOO_LONG = 70_000
"""Characters of an address: more than the server takes."""


def times_dearer(shop: Flask) -> float:
    """CPU of the dearest twentieth of wrong searches, as a multiple of the dearest ordinary ones'.

    It counts this process only, so the shop must stand on SQLite.
    """
    taken = [query for query in HOSTILE if len(query) < TOO_LONG]
    wrong, usual = ([_least(shop, query) for query in asked] for asked in (taken, ORDINARY))
    return _p95(wrong) / _p95(usual)


def _least(shop: Flask, query: str) -> float:
    """CPU seconds of a page in its cheapest round, once it has been asked for."""
    ask = cpu.asking(shop, f"/produk?{query}")
    ask()
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        ask()
        took.append(time.process_time() - began)
    return min(took)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]
