"""Photos that a signed-in manager uploads over HTTP into the slots of one draft."""

import http.client
import io
import random
import re
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from bench import served
from bench.shopper import SAME_ORIGIN, Shopper
from config import Settings
from demo.market.accounts import PASSWORD, office_mail

SIDE_PX = 1200
SLOTS = ("foto_front", "foto_label", "foto_contents", "foto_other")
COOPERATIVE, DESK, MEMBER = "gyo", "/kelola/embun-takengon-bersemi/produk/baru", "GYO-M01"


def upload(url: str, environment: Mapping[str, str], photos: int) -> None:
    """Upload so many small photos, eight at a time; every one has to be accepted.

    :param environment: of the server at ``url``; its demo accounts sign in.
    """
    path, cookie, token = _draft(environment)

    def send(number: int) -> None:
        body, boundary = _multipart(token, SLOTS[number % len(SLOTS)], _photo(number))
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        headers = {
            **SAME_ORIGIN,
            "Origin": url,
            "Cookie": cookie,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 303:
            raise RuntimeError(f"photo {number} was answered {answer.status}")

    with ThreadPoolExecutor(served.CLIENTS) as clients:
        list(clients.map(send, range(photos)))


def _draft(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """A new draft's address, the cookies of its manager, and the token of its form."""
    from shop.app import create_app

    manager = Shopper(create_app(Settings.from_environment(dict(environment))))
    login = {"login": office_mail("pengelola", COOPERATIVE), "sandi": PASSWORD}
    manager.fill("/masuk", "/masuk", login)
    begun = manager.fill(DESK, DESK, {"anggota": MEMBER})
    path = re.sub("^https?://[^/]*", "", begun.location or "")
    form = manager.form(path, path)
    return path, manager.cookies(), dict(form.fields)["csrf_token"]


def _photo(number: int) -> bytes:
    """A JPEG of coloured noise, so that no two are alike."""
    chance = random.Random(number)
    small = Image.frombytes("RGB", (90, 90), chance.randbytes(90 * 90 * 3))
    file = io.BytesIO()
    small.resize((SIDE_PX, SIDE_PX)).save(file, "JPEG", quality=85)
    return file.getvalue()


def _multipart(token: str, slot: str, photo: bytes) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    start = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="{slot}"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return start.encode() + photo + f"\r\n--{boundary}--\r\n".encode(), boundary
