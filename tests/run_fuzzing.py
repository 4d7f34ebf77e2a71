"""One entry of the fuzz tests under atheris: `make fuzz ENTRY=METS.xml SECONDS=300`; without an entry their names.

The words after the entry's name are libFuzzer's own (`-max_total_time=60`).
"""

import sys
import tempfile
import types
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_LONGEST = 1 << 20


def main(words: list[str]) -> None:
    """One entry until atheris's own limits end it."""
    # A library that is installed has a package `tests` of its own, which would be found first.
    sys.path.insert(0, str(_HERE.parent))
    package = types.ModuleType("tests")
    package.__path__ = [str(_HERE)]
    sys.modules["tests"] = package
    from tests.fuzzing import ENTRIES

    entry = next((e for e in ENTRIES if words[1:] and e.name == words[1]), None)
    if entry is None:
        print("\n".join(e.name for e in ENTRIES))
        return
    import atheris

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(entry.seeds()):
            (corpus / str(number)).write_bytes(seed)
        (Path(folder) / "work").mkdir()
        run = entry.prepare(Path(folder) / "work")
        atheris.instrument_all()
        atheris.Setup([words[0], *words[2:], f"-max_len={_LONGEST}", str(corpus)], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
