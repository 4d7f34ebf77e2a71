"""The group `kho` and every command in it.

`check` needs no database, no search engine and no job engine, and is called once a package by scripts: its module is
loaded alone, which takes a third of the time that all of them take.
"""

import importlib
from pathlib import Path
from typing import Final

import click

_MODULES: Final = (
    "agencies",
    "audits",
    "backups",
    "checking",
    "copying",
    "disposition",
    "finding",
    "handover",
    "holdings",
    "holds",
    "journals",
    "mergers",
    "programme",
    "register",
    "retention",
    "services",
    "spills",
    "storage",
    "taking_in",
    "users",
    "versions",
)
_ALONE: Final = {"check": "access.cli.checking"}


class _Group(click.Group):
    """Commands register themselves when their modules are loaded; that happens when one is asked for."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _ALONE:
            importlib.import_module(_ALONE[name])
        else:
            load_all()
        return super().get_command(context, name)

    def list_commands(self, context: click.Context) -> list[str]:
        load_all()
        return super().list_commands(context)


def load_all() -> None:
    """Load the modules of all commands."""
    for name in _MODULES:
        importlib.import_module(f"access.cli.{name}")


@click.group(
    cls=_Group, invoke_without_command=False, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option("--home", type=click.Path(path_type=Path), help="KHO_HOME")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="vi | en")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.version_option(package_name="kho")
@click.pass_context
def kho(context: click.Context, home: Path | None, lang: str | None, as_json: bool) -> None:
    """Kho: kho lưu trữ số / a digital-preservation repository."""
    context.obj = {"home": home, "lang": lang, "as_json": as_json}
