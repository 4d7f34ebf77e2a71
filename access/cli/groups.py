"""The group `kho` and every command in it."""

from pathlib import Path

import click


@click.group(invoke_without_command=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path), help="KHO_HOME")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="vi | en")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.version_option(package_name="kho")
@click.pass_context
def kho(context: click.Context, home: Path | None, lang: str | None, as_json: bool) -> None:
    """Kho: kho lưu trữ số / a digital-preservation repository."""
    context.obj = {"home": home, "lang": lang, "as_json": as_json}


from access.cli import (  # noqa: E402, F401  (each registers its commands)
    agencies,
    audits,
    finding,
    holdings,
    journals,
    mergers,
    retention,
    services,
    storage,
    taking_in,
    users,
)
