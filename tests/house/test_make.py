"""What `make` says on a machine where something is missing: one line, with the cure."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _machine(folder: Path, *, answers: str) -> str:
    """A PATH with a python3 that answers questions as given, and nothing else."""
    python = folder / "python3"
    python.write_text(f"#!/bin/sh\n{answers}\n")
    python.chmod(0o755)
    return str(folder)


def _ask(path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "tools/python.sh", "-c", "print('ran')"],
        cwd=ROOT,
        env={"PATH": path, "USUAL_PLACES": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


NO_VENV_MODULE = f"""
case "$*" in
  *ensurepip*) exit 1 ;;
  *) exec "{sys.executable}" "$@" ;;
esac
"""


@pytest.mark.parametrize(
    ("answers", "cure"),
    [
        ("exit 1", "Python 3.11 or newer: install it"),
        (NO_VENV_MODULE, "no venv module: install it (Debian: apt-get install python3."),
    ],
    ids=["too old", "no venv module"],
)
def test_a_python_that_cannot_do_it_is_named_with_the_cure(
    tmp_path: Path, answers: str, cure: str
) -> None:
    said = _ask(_machine(tmp_path, answers=answers))
    assert said.returncode == 1
    assert cure in said.stderr
    assert said.stderr.count("\n") == 1


def test_a_python_asked_for_by_name_is_not_replaced_by_another(tmp_path: Path) -> None:
    said = _ask(str(tmp_path), PYTHON="/nowhere/python3")
    assert said.returncode == 1
    assert "PYTHON=/nowhere/python3" in said.stderr


def test_a_python_that_can_do_it_runs_the_script(tmp_path: Path) -> None:
    said = _ask(_machine(tmp_path, answers=f'exec "{sys.executable}" "$@"'))
    assert said.stdout == "ran\n"


def test_a_browser_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools import browser

    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    with pytest.raises(browser.NoBrowser, match="BROWSER_PATH=/nowhere/chromium does not start"):
        browser.bring()


def test_without_any_browser_the_cure_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools import browser

    monkeypatch.delenv("BROWSER_PATH", raising=False)
    for nothing in ("_usual", "_on_the_path", "_playwrights"):
        monkeypatch.setattr(browser, nothing, list)
    for fruitless in ("_from_playwright", "_from_debian"):
        monkeypatch.setattr(browser, fruitless, lambda: None)
    with pytest.raises(browser.NoBrowser, match="apt-get install chromium-headless-shell"):
        browser.bring()


def test_the_environment_for_tests_contains_the_one_for_running() -> None:
    pins = {
        name: {line.split()[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in (
            "requirements-build.txt",
            "requirements.txt",
            "requirements-prod.txt",
            "requirements-dev.txt",
        )
    }
    everything = pins["requirements-dev.txt"]
    assert all(narrower <= everything for narrower in pins.values())
