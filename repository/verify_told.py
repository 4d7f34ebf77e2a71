"""How the verifier tells of a path that it could not verify, or found nothing in."""

import os
from pathlib import Path

from standards.findings import Finding, finding
from standards.shown import for_people


def unverified(code: str, path: Path, detail: object = "") -> Finding:
    """A finding about `path` as a whole."""
    shown = for_people(os.fspath(path))
    return finding(code, path=shown, where=shown, detail=for_people(str(detail))[:300])
