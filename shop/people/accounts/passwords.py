"""Passwords are kept as argon2id hashes; checking one takes as long for a stranger."""

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

_SOUND = PasswordHash((Argon2Hasher(memory_cost=19_456, time_cost=2, parallelism=1),))
"""19 MiB and two rounds: about 60 ms on a small server, and expensive for a thief."""
_FAST = PasswordHash((Argon2Hasher(memory_cost=64, time_cost=1, parallelism=1),))

_in_use = [_SOUND]


def use_fast_hashes(are_fast: bool) -> None:
    """Choose the cost of new hashes; cheap ones are for tests alone."""
    _in_use[:] = [_FAST if are_fast else _SOUND]


def hash_password(password: str) -> str:
    """What the database keeps. Never call it in a transaction: it takes long on purpose."""
    return _in_use[0].hash(_plain(password))


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the right one; an unknown person's takes just as long."""
    try:
        is_right = _in_use[0].verify(_plain(password), password_hash or _nobody(_in_use[0]))
    except UnknownHashError:
        return False
    return is_right and password_hash is not None


def renewed_hash(password: str, password_hash: str) -> str | None:
    """The same password under today's cost; None when it has that already."""
    if _in_use[0].current_hasher.check_needs_rehash(password_hash):
        return hash_password(password)
    return None


@cache
def _nobody(used: PasswordHash) -> str:
    return used.hash("nobody signs in with this")


def _plain(password: str) -> str:
    # Two phones write the same "é" in two ways.
    return unicodedata.normalize("NFKC", password)
