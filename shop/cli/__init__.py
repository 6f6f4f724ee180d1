"""The ``lumbung`` command: everything an operator does without a browser.

Each command imports what it needs when it runs, so that the others stay quick.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from config import BadSetting
from shop.cli.allocator import bound_memory

COMMANDS = {
    "run": ("demo.commands", "run"),
    "serve": ("shop.cli.serving", "serve"),
    "worker": ("shop.cli.serving", "worker"),
    "sandbox": ("stripe_double.command", "sandbox"),
    "db": ("shop.cli.database", "db"),
    "demo": ("demo.commands", "demo"),
    "search": ("shop.cli.database", "search"),
    "synth": ("bench.synth.command", "synth"),
    "verify": ("shop.cli.database", "verify"),
    "reconcile": ("shop.cli.payments", "reconcile"),
    "backup": ("shop.cli.backup", "backup"),
    "payouts": ("shop.cli.payments", "payouts"),
    "user": ("shop.cli.users", "user"),
    "doctor": ("shop.cli.doctor", "doctor"),
}
"""Where each command stands: module and name."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _) in COMMANDS.items() if _is_installed(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        if not _is_installed(module):
            raise click.ClickException(
                f"`lumbung {cmd_name}` is not part of this installation: it needs the folder"
                f" {module.partition('.')[0]}/ of the project, beside shop/."
            )
        command: click.Command = getattr(import_module(module), name)
        return command


def _is_installed(module: str) -> bool:
    """Demo, payment double and measurements can be left out; the shop itself cannot."""
    return find_spec(module.partition(".")[0]) is not None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def lumbung() -> None:
    """Lumbung: one shop for many cooperatives."""
    bound_memory()


def main() -> None:
    """Run the command; a bad setting is named with its cure, in one line."""
    command: Callable[..., Any] = lumbung
    try:
        command(prog_name="lumbung")
    except BadSetting as fault:
        raise SystemExit(f"lumbung: {fault}") from fault
