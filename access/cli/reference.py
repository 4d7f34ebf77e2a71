"""The reference of commands, findings and settings, written from the program itself: `make docs`."""

from collections.abc import Iterator
from pathlib import Path

import click

from access.cli import eark_page, ocfl_page
from access.cli.groups import kho, load_all
from standards.findings import catalogue

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reference.md"

_HEAD = """# Reference

Written by `make docs` from the program; a test fails when it lags.

Every command takes `--home DIR`, `--lang vi|en` and `--json`. JSON goes to standard output and nothing else does; people's
text and progress go to standard error.

Exit codes: 0 done, everything accepted (warnings allowed); 3 done, but something was refused, quarantined, damaged or in
conflict; 2 the call's words are off; 1 it could not be done.

## Commands
"""


def reference() -> str:
    """The whole page."""
    load_all()
    return _HEAD + "\n".join(_commands(kho, "kho")) + "\n\n## Findings\n\n" + "\n".join(_findings()) + "\n"


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"- `{path} {name}{_words(command)}` — {(command.help or '').strip()}"


def _words(command: click.Command) -> str:
    shown = [p for p in command.params if p.name not in ("home", "lang", "as_json")]
    return "".join(f" {_word(p)}" for p in shown)


def _word(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return (parameter.name or "").upper() + ("..." if parameter.nargs == -1 else "")
    option = "/".join([*parameter.opts, *parameter.secondary_opts])
    kind = parameter.type.name if not getattr(parameter, "is_flag", False) else ""
    choices = getattr(parameter.type, "choices", None)
    value = "|".join(map(str, choices)) if choices else kind.split(" ")[0].upper()
    return f"[{option}{' ' + value if value else ''}]" if not parameter.required else f"{option} {value}"


def _findings() -> Iterator[str]:
    yield "| code | level | tiếng Việt | English |"
    yield "|---|---|---|---|"
    for code, entry in sorted(catalogue().items()):
        vi, en = (str(entry[lang]).replace("|", "\\|").replace("\n", " ") for lang in ("vi", "en"))
        yield f"| {code} | {entry['level']} | {vi} | {en} |"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    eark_page.write()
    ocfl_page.write()
