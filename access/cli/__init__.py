"""The command line: `kho`. Names, JSON shapes and exit codes are a contract (docs/reference.md)."""

import json
import sys

import click

from access.cli.common import COULD_NOT, USAGE, make_call
from access.cli.groups import kho
from access.cli.usage import refused
from standards.errors import KhoError

__all__ = ["kho", "main"]


def main(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code; errors are told in words, never as a stack trace."""
    words = sys.argv[1:] if arguments is None else arguments
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        code = kho.main(args=words, prog_name="kho", standalone_mode=False)
        return int(code or 0)
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        if "--json" in words:
            return _refuse(words, refused(error), USAGE)
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _refuse(words, refused(error), USAGE)
    except KhoError as error:
        _trace(words)
        return _refuse(words, error, error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as error:
        from ingest.work import in_words  # loads what most commands need not

        _trace(words)
        unforeseen = Unforeseen(kind=type(error).__name__, reason=str(error)[:300])
        return _refuse(words, in_words(error) or unforeseen, COULD_NOT)


class Unforeseen(KhoError):
    """A fault of Kho's own."""

    code = "unforeseen"
    vi = (
        "Kho gặp lỗi chưa lường trước ({kind}: {reason}). Dữ liệu đã nhập được giữ nguyên. "
        "Chạy lại với KHO_DEBUG=1 và gửi kết quả cho người quản trị."
    )
    en = (
        "Kho met a fault it did not foresee ({kind}: {reason}). What was taken in is kept. "
        "Run it again with KHO_DEBUG=1 and send the output to the administrator."
    )


def _refuse(words: list[str], error: KhoError, code: int) -> int:
    call = make_call(None, _lang(words), "--json" in words)
    if call.as_json:
        sys.stdout.write(json.dumps(error.as_json(), ensure_ascii=False) + "\n")
    else:
        call.say(error.text(call.lang))
    return code


def _lang(words: list[str]) -> str | None:
    for at, given in enumerate(words):
        if given == "--lang" and words[at + 1 : at + 2] in (["vi"], ["en"]):
            return words[at + 1]
        if given in ("--lang=vi", "--lang=en"):
            return given[-2:]
    return None


def _trace(words: list[str]) -> None:
    if make_call(None, _lang(words), None).settings.debug:
        import traceback

        traceback.print_exc()
