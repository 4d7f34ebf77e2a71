"""What every command pays before it does anything."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import click

from access.cli.groups import MODULES, kho, load_all


def test_no_command_hashes_a_password_to_start() -> None:
    code = (
        "import argon2, sys\n"
        "argon2.PasswordHasher.hash = lambda *a, **k: sys.exit('hashed')\n"
        "import access.cli, ingest.worker"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_command_loads_the_modules_that_it_stands_in_and_no_other() -> None:
    load_all()
    found = {
        name: {callback.__module__ for callback in _callbacks(command)}
        for name, command in kho.commands.items()
    }
    told = {name: {f"access.cli.{module}" for module in modules} for name, modules in MODULES.items()}
    assert told == found


def _callbacks(command: click.Command) -> Iterator[Callable[..., object]]:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _callbacks(inner)
    elif command.callback:
        yield command.callback
