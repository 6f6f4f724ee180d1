"""Let copies of this process go on sharing the memory that was made before them.

Copies share each page of memory until one of them writes on it. Looking at a thing is writing for
CPython, which counts on the thing itself who holds it; and whoever asks malloc for room is given
first the gaps between what is there. So pages that nobody changes would become each copy's own.
"""

import ctypes
import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, CoroutineType, FrameType, GeneratorType, TracebackType
from typing import Any, Final

_RUNNING: Final = (FrameType, GeneratorType, CoroutineType, TracebackType)
"""What still comes to an end by itself."""
_AT_ONCE: Final = 1_000
_FOREVER: Final = 1 << 31
"""From this count on nobody counts any more (PEP 683)."""
_ARENAS: Final = -8
"""``M_ARENA_MAX`` of malloc."""
_GAPS: Final = (65_536, 16_384, 8_192, 4_096, 2_048, 1_024, 512, 256, 128, 64, 24)  # bytes


def keep_shared() -> None:
    """Hold what is there for good, and write on none of it; nothing where we do not know how.

    For a process that is about to be copied and whose things are needed as long as it runs.
    """
    gc.collect()
    counts = _counts()
    if counts is not None:
        _hold(counts)
    gc.freeze()  # a collector that went through all of it would write on every page of memory
    if sys.platform == "linux":
        _fill_gaps(ctypes.CDLL(None))


def _counts() -> Any:  # an array as long as all memory: counts of things by a quarter of their id
    """Where this Python keeps its counts; None where not as we know it."""
    if sys.implementation.name != "cpython" or sys.maxsize < 1 << 32:
        return None
    counts = (ctypes.c_uint32 * (1 << 58)).from_address(0)
    thing = object()
    before = counts[id(thing) >> 2]
    again = thing
    is_here = counts[id(again) >> 2] == before + 1 and counts[id(None) >> 2] >= _FOREVER
    return counts if is_here else None


def _hold(counts: Any) -> None:
    """Give all that is there the count of None, which is never written again.

    Interpreters will offer it themselves (``PyUnstable_SetImmortal``, from 3.15 on).
    """
    forever = counts[id(None) >> 2]
    gc.unfreeze()  # things held still count as frozen, and would not be told
    found = [thing for thing in gc.get_objects() if not isinstance(thing, _RUNNING)]
    while found:
        some = found[-_AT_ONCE:]
        del found[-_AT_ONCE:]
        for thing in some:
            counts[id(thing) >> 2] = forever
        for part in _parts(some):
            # Who is tracked stands in the list already.
            if counts[id(part) >> 2] != forever and not gc.is_tracked(part):
                counts[id(part) >> 2] = forever
                found.append(part)


def _parts(things: Sequence[object]) -> Iterable[object]:
    yield from gc.get_referents(*things)
    for thing in things:
        if type(thing) is CodeType:  # tells nobody what it holds
            yield from (thing.co_consts, *thing.co_consts, thing.co_names, thing.co_filename)
            yield from (thing.co_name, thing.co_qualname)
            yield from (thing.co_linetable, thing.co_exceptiontable)


def _fill_gaps(system: ctypes.CDLL) -> None:
    """Take all room between what is there, for good, and let all threads share what follows.

    A thread with a store of its own keeps most of a megabyte there that it needs now and then.
    """
    if not hasattr(system, "mallopt"):  # another C library
        return
    system.mallopt(_ARENAS, 1)
    system.malloc_trim(ctypes.c_size_t(0))
    take: Callable[[ctypes.c_size_t], int | None] = system.malloc
    system.malloc.restype = ctypes.c_void_p
    system.sbrk.restype = ctypes.c_void_p
    end: int = system.sbrk(ctypes.c_ssize_t(0))
    for size in _GAPS:
        while (took := take(ctypes.c_size_t(size))) and took < end:
            pass
