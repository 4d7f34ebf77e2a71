"""What every command shares: its options, its way of speaking (JSON on standard output, people on standard error)."""

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from access.cli.words import word
from repository.config import Settings
from standards.shown import for_terminal

if TYPE_CHECKING:
    from rich.console import Console

    from repository.opening import Opened

Function = TypeVar("Function", bound=Callable[..., Any])

DONE, COULD_NOT, USAGE, REFUSED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command line: where it works, in which language, and whether a program listens."""

    settings: Settings
    lang: str
    as_json: bool

    @property
    def console(self) -> "Console":
        """Standard error, for people."""
        return _console()

    def emit(self, document: Any) -> None:
        """One JSON document (or one JSON line) to standard output, for programs only."""
        if self.as_json:
            self.line(document)

    def line(self, document: Any) -> None:
        """A JSON line to standard output, whoever listens."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")

    def say(self, text: str) -> None:
        """A line for people, to standard error, made harmless for the terminal."""
        if not self.as_json:
            self.console.print(for_terminal(text), soft_wrap=True)

    def word(self, key: str, **values: Any) -> str:
        """A text of the command line in the caller's language."""
        return word(key, self.lang, **values)

    def tell(self, key: str, **values: Any) -> None:
        """Say a text of the command line."""
        self.say(self.word(key, **values))

    def open(self, *, create: bool = True, writing: bool = False) -> "Opened":
        """The home with its catalogue up."""
        from repository.opening import open_catalogue  # loads the database's driver, which `check` needs not

        return open_catalogue(self.settings, create=create, writing=writing)


@functools.cache
def _console() -> "Console":
    from rich.console import Console  # takes longer to load than many a command takes

    return Console(stderr=True, highlight=False, markup=False)


def _options(function: Function) -> Function:
    function = click.option("--home", type=click.Path(path_type=Path), help="KHO_HOME")(function)
    function = click.option("--lang", type=click.Choice(["vi", "en"]), help="vi | en")(function)
    return click.option("--json", "as_json", is_flag=True, help="JSON")(function)


def command(group: click.Group, name: str, **extra: Any) -> Callable[[Function], Function]:
    """Register a command whose function gets a `Call` first; the common options stand before or after its name."""

    def register(function: Function) -> Function:
        @functools.wraps(function)
        def run(*args: Any, home: Path | None, lang: str | None, as_json: bool, **kwargs: Any) -> Any:
            outer: dict[str, Any] = click.get_current_context().find_root().obj or {}
            call = make_call(
                home or outer.get("home"), lang or outer.get("lang"), as_json or outer.get("as_json")
            )
            code = function(call, *args, **kwargs)
            click.get_current_context().exit(code or DONE)

        group.command(name, help=function.__doc__, **extra)(_options(run))
        return function

    return register


def make_call(home: Path | None, lang: str | None, as_json: bool | None) -> Call:
    """The call's settings out of options and environment."""
    settings = Settings.load(home)
    if lang:
        settings = replace(settings, lang=lang)
    return Call(settings, settings.lang, bool(as_json))


def size_words(count: int, lang: str = "en") -> str:
    """Bytes in words that people read: 1.2 GB; in Vietnamese 1,2 GB."""
    amount, units = float(count), ["B", "KB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    told = f"{amount:.0f} {units[0]}" if units[0] == "B" else f"{amount:.1f} {units[0]}"
    return told.replace(".", ",") if lang == "vi" else told
