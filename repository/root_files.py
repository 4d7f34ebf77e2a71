"""What lies beside the objects in a storage root: what must be there to find them, and what nobody put there.

OCFL lets a root hold files that nobody understands (OCFL 1.1, E087) and does without a layout; whoever keeps records in one
wants to know of both, because a file that nothing records is checked by nobody.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from repository.store import NotAStore
from repository.store_layout import HASH_AND_ID, HASHED, README, read_layout
from standards.findings import Finding, Level, finding
from standards.shown import for_people

_LAYOUT: Final = "ocfl_layout.json"
# The declaration, the layout, the pages that tell what this is: Kho's own, and the texts of the specifications.
_KNOWN: Final = re.compile(
    rf"0=ocfl_.*|{re.escape(_LAYOUT)}|{re.escape(README)}|ocfl_1\.[01]\.(txt|md|html)|\d{{4}}-[a-z0-9-]+\.md"
)


def check_root_folder(root: Path) -> Iterator[Finding]:
    """Findings about the files of the root folder itself: ROOT-NO-LAYOUT, ROOT-NO-README, ROOT-STRAY.

    In a root that somebody else made the first and the last are MAY: OCFL allows both. Folders are gone through by
    the rules of OCFL. Raises OSError where the root cannot be read.
    """
    names = sorted(entry.name for entry in os.scandir(root) if not entry.is_dir(follow_symlinks=False))
    ours = README in names or any((root / "extensions" / layout).is_dir() for layout in (HASH_AND_ID, HASHED))
    level = Level.SHOULD if ours else Level.MAY
    try:
        read_layout(root)
    except NotAStore:
        yield finding("ROOT-NO-LAYOUT", path=_LAYOUT, level=level)
    if ours and README not in names:
        yield finding("ROOT-NO-README", path=README)
    for name in names:
        if not _KNOWN.fullmatch(name):
            yield finding("ROOT-STRAY", path=for_people(name), level=level, where=for_people(name))
