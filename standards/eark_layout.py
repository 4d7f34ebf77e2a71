"""The folders of an information package (CSIPSTR5 to CSIPSTR16), gathered in one pass over its paths."""

from collections.abc import Iterable, Iterator
from typing import Final

_REPRESENTATIONS: Final = "representations"
_TOP: Final = (("metadata", "CSIPSTR5"), (_REPRESENTATIONS, "CSIPSTR9"), ("schemas", "CSIPSTR15"))


class Layout:
    """The folders at the top, and those of each representation; what lies deeper is not kept."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.tops: set[str] = set()
        self.representations: dict[str, set[str]] = {}
        self.loose: list[str] = []
        for path in paths:
            top, slash, rest = path.partition("/")
            if not slash:
                continue
            self.tops.add(top)
            if top == _REPRESENTATIONS:
                self._representation(path, *rest.partition("/"))

    def _representation(self, path: str, name: str, slash: str, rest: str) -> None:
        if not slash:
            self.loose.append(path)
            return
        self.representations.setdefault(name, set()).add(rest.partition("/")[0])

    def beside(self, mets: str) -> tuple[set[str], set[str]]:
        """The folders beside the METS file at `mets`, and the names of the representations, where it is the root's."""
        if "/" not in mets:
            return self.tops, set(self.representations)
        return self.representations.get(mets.split("/")[1], set()), set()

    def faults(self, *, documented: bool) -> Iterator[tuple[str, str]]:
        """Codes with the folder that each is about; `documented`: documentation is not asked for."""
        for folder, code in _TOP:
            if folder not in self.tops:
                yield code, folder
        if self.loose:
            yield "CSIPSTR10", self.loose[0]
        for name, inside in sorted(self.representations.items()):
            for part, code in (("data", "CSIPSTR11"), ("METS.xml", "CSIPSTR12"), ("metadata", "CSIPSTR13")):
                if part not in inside:
                    yield code, f"{_REPRESENTATIONS}/{name}/{part}"
        has_any = "documentation" in self.tops or any(
            "documentation" in i for i in self.representations.values()
        )
        if not (has_any or documented):
            yield "CSIPSTR16", "documentation"
