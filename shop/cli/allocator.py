"""glibc's allocator for processes of many threads that live long: freed memory is given back."""

import ctypes
import os
from typing import NamedTuple

MIB = 1 << 20


class Parameter(NamedTuple):
    """A parameter of glibc's ``mallopt``."""

    variable: str
    """The environment variable by which an operator sets it."""
    number: int
    """Its number in ``malloc.h``."""
    value: int


PARAMETERS = (
    # By default glibc gives each thread an arena, up to eight for each core, and what a thread
    # has freed stays in its own.
    Parameter("MALLOC_ARENA_MAX", -8, 2),
    # Blocks of this size come from the system and go back to it: decoded photos. By default glibc
    # raises the limit to 32 MiB once such a block was freed, and then each arena keeps its photos.
    Parameter("MALLOC_MMAP_THRESHOLD_", -3, 1 * MIB),
    # Free memory at the end of an arena that is kept. With the default of 128 KiB each page gave
    # memory back and asked for it again: 16 page faults a request instead of one.
    Parameter("MALLOC_TRIM_THRESHOLD_", -1, 4 * MIB),
)


def bound_memory() -> None:
    """Let this process, and those forked from it, keep little of what their threads have freed.

    What the operator sets in the environment is respected. Other C libraries than glibc have no
    ``mallopt``, or one that does nothing.
    """
    set_parameter = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_parameter is None or "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", ""):
        return
    for variable, number, value in PARAMETERS:
        if variable not in os.environ:
            set_parameter(number, value)
