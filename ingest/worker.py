"""A worker process: `python -m ingest.worker HOME JVMS BATCH...` does what is open of these batches, and ends.

It is a program of its own, and not a command of the command line, so that it starts in half the time. An error goes to
standard output in the shape that `--json` has; the starter passes its words on.
"""

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest.context import open_tools
from ingest.work import in_words, work_on
from repository.config import Settings
from repository.opening import open_catalogue


def command(home: Path, jvms: int, batches: Sequence[str]) -> list[str]:
    """How a worker is started."""
    return [sys.executable, "-m", "ingest.worker", str(home), str(jvms), *batches]


def main(words: Sequence[str]) -> int:
    """Work; the exit code."""
    home, jvms, *batches = words
    try:
        _work(Settings.load(home), int(jvms), batches)
    except Exception as error:
        told = in_words(error)
        if told is None:
            raise
        sys.stdout.write(json.dumps(told.as_json(), ensure_ascii=False) + "\n")
        return told.exit_code
    return 0


def _work(settings: Settings, jvms: int, batches: Sequence[str]) -> None:
    opened = open_catalogue(settings, create=False)
    logging.basicConfig(filename=opened.home.logs / "work.log", format="%(asctime)s %(process)d %(message)s")
    with open_tools(settings, opened.home, jvms) as tools:
        tools.verapdf.warm()
        for batch in batches:
            work_on(opened, tools, batch)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
