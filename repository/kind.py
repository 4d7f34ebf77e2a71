"""The kinds of what a path holds, apart from what is read out of it: the check of a package needs no more."""

from enum import StrEnum


class Kind(StrEnum):
    """What a path holds, told by its content (docs: interfaces of the command line)."""

    DELIVERY = "delivery"
    BAG = "bag"
    EARK = "eark"
    TT05 = "tt05"
    OCFL_OBJECT = "ocfl-object"
    OCFL_ROOT = "ocfl-root"
    PDF = "pdf"
    BATCH = "batch"
    UNKNOWN = "unknown"
