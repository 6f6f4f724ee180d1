"""What copies of a process share stays shared when they look at it and ask for room."""

import subprocess
import sys

from config import ROOT

LOOKING = """
import os, sys, threading
from shop.cli.sharing import keep_shared

def own_kilobytes():
    with open("/proc/self/smaps_rollup") as rollup:
        return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty"))

goods = [(f"goods {number}", 1.5 * number) for number in range(200_000)]
if sys.argv[1] == "held":
    keep_shared()
told, tell = os.pipe()
if not os.fork():
    before = own_kilobytes()
    kept = [name for name, price in goods]
    os.write(tell, str(own_kilobytes() - before).encode())
    os._exit(0)
os.wait()
print(os.read(told, 20).decode())
"""
ROOM = """
import ctypes, sys, threading
from shop.cli.sharing import keep_shared

there = [bytes(size) for size in (600, 1_000, 5_000, 20_000) for _ in range(2_000)]
del there[::2]
if sys.argv[1] == "held":
    keep_shared()
system = ctypes.CDLL(None)
system.sbrk.restype = ctypes.c_void_p
end = system.sbrk(ctypes.c_ssize_t(0))
asked = []
def ask():
    asked.extend(bytes(size) for size in (600, 1_000, 5_000, 20_000) for _ in range(500))
thread = threading.Thread(target=ask)
ask() if sys.argv[1] == "free" else (thread.start(), thread.join())
print(sum(id(room) < end for room in asked), sum(id(room) > 1 << 40 for room in asked))
"""
LIST_OF_NAMES = 200_000 * 8 / 1024
"""What the copy makes for itself, kilobytes."""


def program(text: str, how: str) -> list[int]:
    ran = subprocess.run(
        [sys.executable, "-c", text, how], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [int(number) for number in ran.stdout.split()]


def test_a_copy_may_look_at_all_that_was_made_before_it_without_writing_on_it() -> None:
    [counted] = program(LOOKING, "counted")
    [held] = program(LOOKING, "held")
    assert counted > 8 * LIST_OF_NAMES  # the control: names and pairs became its own
    can_hold = sys.getrefcount(None) > 1 << 31  # from Python 3.12 on
    assert (held < 2 * LIST_OF_NAMES) is can_hold


def test_threads_find_room_behind_what_was_there_and_none_between() -> None:
    between, _ = program(ROOM, "free")
    assert between > 1_000  # the control: gaps are what malloc gives out first
    between, elsewhere = program(ROOM, "held")
    assert between < 100  # of 2,000: the beginning of what is free behind
    assert elsewhere == 0  # no store for the thread alone
