"""A catalogue from a backup, brought up to what storage holds: packages and decisions that came after the backup are in storage."""

from pathlib import Path
from typing import Any

from repository.backup import restore
from repository.config import Settings
from repository.opening import open_catalogue
from repository.rebuilding import rebuild
from repository.reconciling import Reconciled, reconcile


def restore_catalogue(
    settings: Settings, source: Path, *, replace: bool
) -> tuple[dict[str, Any], bool, Reconciled]:
    """Restore, then compare with storage; where storage knows more, the rows are made anew from it.

    Gives what the backup was of, whether storage knew more, and what differs in the end. Raises what `restore` and
    `rebuild` raise.
    """
    about = restore(open_catalogue(settings, writing=True), source, replace=replace)
    opened = open_catalogue(settings, writing=True)
    found = reconcile(opened)
    if not found.needs_rebuild:
        return about, False, found
    rebuild(opened, opened.store, replace=True)
    return about, True, reconcile(opened)
