"""bag-info.txt as RFC 8493, 2.2.2 wants it: its lines, Payload-Oxum, and what may be said once only."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from standards.bag_facts import Bag, issue, tag_lines
from standards.findings import Finding

NAME: Final = "bag-info.txt"
_OXUM: Final = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})")
_ONCE: Final = ("bagging-date", "bag-size", "bag-group-identifier", "bag-count")


def check_metadata(bag: Bag) -> Iterator[Finding]:
    """`Label: value` lines, and Payload-Oxum where it is given."""
    if NAME not in bag.files:
        return
    labels: list[tuple[str, str]] = []
    for line in tag_lines(bag, NAME):
        if isinstance(line, Finding):
            yield line
        elif line[1][0] in " \t" and labels:
            labels[-1] = (labels[-1][0], f"{labels[-1][1]} {line[1].strip()}".strip())
        else:
            yield from _check_line(bag, *line, labels)
    yield from _check_values(bag, labels)


def _check_line(bag: Bag, number: int, text: str, labels: list[tuple[str, str]]) -> Iterator[Finding]:
    label, colon, value = text.partition(":")
    if not colon or not label.strip() or label[0] in " \t":
        yield issue("BAGIT-INFO-LINE", NAME, f"{number}: {text}")
        return
    # Before 1.0 whitespace around the colon was free; an empty value loses its blank in every editor.
    if bag.is_rfc and (label != label.rstrip() or (value and value[0] not in " \t")):
        yield issue("BAGIT-INFO-SPACING", NAME, f"{number}: {text}")
    labels.append((label.strip().lower(), value.strip()))


def _check_values(bag: Bag, labels: list[tuple[str, str]]) -> Iterator[Finding]:
    times = Counter(label for label, _ in labels)
    if times["payload-oxum"] > 1:
        yield issue("BAGIT-INFO-REPEATED", NAME, "Payload-Oxum", level=bag.strict)
    for label in _ONCE:
        if bag.is_rfc and times[label] > 1:
            yield issue("BAGIT-INFO-REPEATED", NAME, label)
    payload = [size for name, size in bag.files.items() if name.startswith("data/")]
    for label, value in labels:
        if label == "payload-oxum":
            match = _OXUM.fullmatch(value)
            if not match or (int(match[1]), int(match[2])) != (sum(payload), len(payload)):
                yield issue("BAGIT-OXUM", NAME, f"{value}; {sum(payload)}.{len(payload)}")
