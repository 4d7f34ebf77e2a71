"""What is wrong with the words of a call, in the reader's language: click tells it in English alone."""

import re
from typing import Final

import click
from click.exceptions import NoArgsIsHelpError

from access.cli.words import word
from standards.errors import UsageError
from standards.shown import for_terminal

# click's own sentences, and the texts that stand for them (usage.toml).
_SAYINGS: Final = tuple(
    (re.compile(said, re.DOTALL), key)
    for said, key in (
        (r"Missing command\.", "usage-no-command"),
        (r"No such command '(?P<name>.*?)'\..*", "usage-unknown-command"),
        (r"No such option:? '?(?P<name>.*?)'?\.?(?: Did you mean .*| \(Possible .*)?", "usage-unknown-option"),
        (r"Missing (?:argument|option|parameter)s? '(?P<name>.*?)'\..*", "usage-missing-argument"),
        (r"Option '(?P<name>.*?)' requires (?:an argument|\d+ arguments)\.", "usage-needs-value"),
        (r"Option '(?P<name>.*?)' does not take a value\.", "usage-takes-no-value"),
        (r"Got unexpected extra arguments? \((?P<name>.*)\)", "usage-extra"),
        (r"Invalid value for '(?P<name>.*?)': '(?P<value>.*)' is not one of (?P<choices>.*)\.", "usage-not-one-of"),
        (r"Invalid value for '(?P<name>.*?)': (?P<value>.*) is not in the range (?P<range>.*)\.", "usage-out-of-range"),
        (r"Invalid value for '(?P<name>.*?)': '(?P<value>.*)' is not a valid (?:integer|float)(?: range)?\.",
         "usage-not-a-number"),
        (r"Invalid value for '(?P<name>.*?)': (?P<value>.*)", "usage-bad-value"),
    )
)  # fmt: skip


class CallRefused(UsageError):
    """The words of a call were not understood; each language has a reason of its own."""

    vi = "Gọi lệnh chưa đúng: {reason_vi}"
    en = "The command was not called correctly: {reason_en}"


def refused(error: click.ClickException) -> CallRefused:
    """click's complaint as an error of Kho's, with the command that tells more."""
    context = getattr(error, "ctx", None)
    message = "Missing command." if isinstance(error, NoArgsIsHelpError) else error.format_message()
    told = f"{context.command_path if context else 'kho'} --help"
    return CallRefused(**{f"reason_{lang}": _said(message, lang, told) for lang in ("vi", "en")})


def _said(message: str, lang: str, told: str) -> str:
    for pattern, key in _SAYINGS:
        if found := pattern.fullmatch(message):
            values = {name: for_terminal(value) for name, value in found.groupdict().items()}
            return word("usage-help", lang, reason=word(key, lang, **values), help=told)
    return word("usage-help", lang, reason=for_terminal(message), help=told)
