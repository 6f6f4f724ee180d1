"""Freed memory goes back to the system, so that a server does not grow with each photo."""

import os
import platform
import subprocess
import sys

import pytest

from config import ROOT
from shop.cli.allocator import PARAMETERS

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc's allocator has these parameters"
)

THREADS = 8
PROGRAM = f"""
import ctypes, sys, threading
import click
from shop.cli import COMMANDS, main

@click.command()
def command():
    everybody = threading.Barrier({THREADS})
    def work():
        everybody.wait()
        photo = bytearray(9_000_000)
        del photo
        blocks = [bytearray(10_000), bytearray(9_000_000)]
        everybody.wait()
    threads = [threading.Thread(target=work) for _ in range({THREADS})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ctypes.CDLL(None).malloc_stats()

sys.modules["shop.photos"] = sys.modules["__main__"]
COMMANDS["photos"] = ("shop.photos", "command")
sys.argv = ["lumbung", "photos"]
main()
"""


def allocator_report(**environment: str) -> str:
    """What glibc says at the end of a command in which eight threads decoded photos."""
    names = {parameter.variable for parameter in PARAMETERS}
    clean = {name: value for name, value in os.environ.items() if name not in names}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stderr


def test_threads_share_two_arenas_and_photos_stay_outside_them() -> None:
    report = allocator_report()
    assert report.count("Arena ") == 2
    outside = report.partition("max mmap regions =")[2].split()[0]
    assert int(outside) >= THREADS


def test_an_operators_own_values_are_respected() -> None:
    report = allocator_report(MALLOC_ARENA_MAX="5", MALLOC_MMAP_THRESHOLD_="30000000")
    assert report.count("Arena ") == 5
    assert report.partition("max mmap regions =")[2].split()[0] == "0"
