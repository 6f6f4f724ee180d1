"""What a login, a password and a desk code look like, and how long things hold."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from shop.core.formats.indonesia import normal_phone
from shop.core.values.errors import InvalidInput
from shop.people.accounts.errors import NotALogin

SESSION_IDLE = timedelta(days=30)
"""Whoever does not come for so long signs in again."""
SESSION_LONGEST = timedelta(days=180)
SEEN_EVERY = timedelta(hours=1)
"""How exactly a session remembers when it was used last; each time costs a write."""
BORROWED_IDLE = timedelta(minutes=15)
"""Somebody else's phone: it is handed back soon (rule R27)."""
BORROWED_SEEN_EVERY = timedelta(minutes=1)
MONEY_SHOWN = timedelta(minutes=5)
"""So long pages about money stay open on a borrowed phone after the secret was typed again."""

RECOVERY_LIFE = timedelta(minutes=30)
REGISTRATION_LIFE = timedelta(hours=24)

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128
DESK_CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are misread on paper and misheard on the phone."""
DESK_CODE_LENGTH = 8

_COMMON = """
password passw0rd katasandi sandiku rahasia indonesia qwertyui qwertyuiop asdfghjkl iloveyou
bismillah alhamdulillah koperasi koperasiku lumbung123 sayangku selamat1 merdeka45 anakku123
administrator admin123 welcome1 letmein1 abcdefgh abcd1234 abc12345 a1b2c3d4 1q2w3e4r 1qaz2wsx
zaq12wsx password1 password12 password123 rahasia123 sandi123 indonesia45 jakarta123 bandung123
sayang123 bismillah1
"""
_GUESSED_FIRST = frozenset(_COMMON.split())


class Weakness(StrEnum):
    """Why a password would not keep anybody out."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    ABOUT_YOU = "about_you"


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody signs in with: exactly one of the two."""

    email: str | None = None
    phone: str | None = None

    @property
    def text(self) -> str:
        """One spelling for each login, to count tries on."""
        return self.email or self.phone or ""


def read_login(typed: str) -> Login:
    """The login a person typed into the one field for both.

    :raises NotALogin: when it is neither an e-mail address nor a mobile number.
    """
    if "@" in typed:
        return Login(email=normal_email(typed))
    try:
        return Login(phone=normal_phone(typed))
    except InvalidInput as refusal:
        raise NotALogin from refusal


def normal_email(typed: str) -> str:
    """An e-mail address in lower case, as it is compared.

    :raises NotALogin: when it is none.
    """
    # Here, because compiling its patterns would be a tenth of every start.
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(typed.strip()[:255], check_deliverability=False)
    except EmailNotValidError as refusal:
        raise NotALogin from refusal
    return found.normalized.lower()


def weakness(password: str, about: tuple[str, ...] = ()) -> Weakness | None:
    """What is wrong with a new password; None when it may be used.

    :param about: name, number, e-mail: what others know about the person.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        return Weakness.SHORT
    if len(password) > MAX_PASSWORD_LENGTH:
        return Weakness.LONG
    plain = password.casefold()
    if plain in _GUESSED_FIRST or len(set(plain)) < 4 or _is_a_row(plain):
        return Weakness.COMMON
    known = {part.casefold() for part in about if part}
    known |= {part.partition("@")[0] for part in known}
    known |= {"0" + part.removeprefix("+62") for part in known if part.startswith("+62")}
    return Weakness.ABOUT_YOU if plain in known else None


def _is_a_row(plain: str) -> bool:
    """Whether each sign follows the one before: ``12345678``, ``87654321``, ``abcdefgh``."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps in ({1}, {-1}, {1, -9}, {-1, 9})


def session_end(created_at: datetime, now: datetime, *, is_borrowed: bool = False) -> datetime:
    """When a session that was used just now ends."""
    return min(now + (BORROWED_IDLE if is_borrowed else SESSION_IDLE), created_at + SESSION_LONGEST)


def is_worth_noting(seen_at: datetime, now: datetime, *, is_borrowed: bool) -> bool:
    """Whether a use is so long after the last noted one that it has to be written down."""
    return now - seen_at > (BORROWED_SEEN_EVERY if is_borrowed else SEEN_EVERY)


def shows_money(is_borrowed: bool, money_until: datetime | None, now: datetime) -> bool:
    """Whether pages about money open: on a borrowed phone only just after asking again."""
    return not is_borrowed or (money_until is not None and now < money_until)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and a system by their names alone: enough to know one's own devices apart."""

    browser: str | None = None
    system: str | None = None


def device_of(user_agent: str) -> Device:
    """What a browser says it is. Only names of our own lists are kept of it."""
    said = user_agent[:500]
    return Device(_first(_BROWSERS, said), _first(_SYSTEMS, said))


def _first(signs: Mapping[str, str], said: str) -> str | None:
    return next((name for sign, name in signs.items() if sign in said), None)


_BROWSERS = {
    # Browsers also call themselves by those they descend from: the youngest come first.
    "FBAN/": "Facebook",
    "FBAV/": "Facebook",
    "Instagram": "Instagram",
    "EdgA/": "Edge",
    "EdgiOS/": "Edge",
    "Edg/": "Edge",
    "Opera Mini": "Opera Mini",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "UCBrowser/": "UC Browser",
    "MiuiBrowser/": "Mi Browser",
    "VivoBrowser/": "Vivo Browser",
    "HeyTapBrowser/": "HeyTap Browser",
    "HuaweiBrowser/": "Huawei Browser",
    "FxiOS/": "Firefox",
    "Firefox/": "Firefox",
    "CriOS/": "Chrome",
    "Chromium/": "Chromium",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "KAIOS": "KaiOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def new_desk_code() -> str:
    """Eight signs from 2^39 possible ones; with five tries in half an hour nobody guesses it."""
    return "".join(secrets.choice(DESK_CODE_SIGNS) for _ in range(DESK_CODE_LENGTH))


def show_desk_code(code: str) -> str:
    """As it is written on a slip of paper: ``K7MP-3QXZ``."""
    return f"{code[:4]}-{code[4:]}"


def read_desk_code(typed: str) -> str:
    """The signs of a code, however it was typed."""
    return "".join(sign for sign in typed.upper()[:40] if sign.isalnum())
