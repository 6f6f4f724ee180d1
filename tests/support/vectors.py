"""Expected values that were worked out by hand or read from sources, not from our own code."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors.json").read_text(encoding="utf-8")
)
