"""``python -m shop`` is the same as ``lumbung``."""

from shop.cli import main

main()
