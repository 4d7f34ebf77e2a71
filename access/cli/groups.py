"""The group `kho` and every command in it.

Commands are called thousands of times by scripts, and each loads libraries of its own: what is loaded for one are the
modules that its words stand in, and nothing of the others.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

# The modules of `access.cli` that each command, or group of commands, stands in.
MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "agency": ("agencies", "mergers"),
    "aip": ("holdings", "versions"),
    "audit": ("audits",),
    "backup": ("backups",),
    "batch": ("taking_in",),
    "bench": ("services",),
    "check": ("checking",),
    "demo": ("services",),
    "evidence": ("evidence",),
    "evidence-note": ("evidence",),
    "disposition": ("disposition",),
    "handover": ("handover",),
    "find-person": ("persons",),
    "hold": ("holds",),
    "index": ("finding",),
    "ingest": ("taking_in",),
    "journal": ("journals",),
    "key": ("keys",),
    "programme": ("programme",),
    "quarantine": ("taking_in",),
    "register": ("register",),
    "repair": ("audits",),
    "restore": ("backups",),
    "retention": ("retention",),
    "rights": ("finding",),
    "search": ("finding",),
    "serve": ("services",),
    "spill": ("spills",),
    "status": ("services",),
    "stop": ("services",),
    "store": ("storage", "copying"),
    "user": ("users", "keys", "persons"),
    "verify": ("holdings",),
    "worker": ("services",),
}


class _Group(click.Group):
    """Commands register themselves when their modules are loaded; that happens when one is asked for."""

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        for module in MODULES.get(name, ()):
            importlib.import_module(f"access.cli.{module}")
        return super().get_command(context, name)

    def list_commands(self, context: click.Context) -> list[str]:
        load_all()
        return super().list_commands(context)


def load_all() -> None:
    """Load the modules of all commands."""
    for modules in MODULES.values():
        for name in modules:
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
