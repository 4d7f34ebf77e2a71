"""Suffixes by kind, apart from the readers of those kinds, which take long to load."""

from typing import Final

OFFICE: Final = frozenset(
    (
        ".doc",
        ".dot",
        ".docx",
        ".docm",
        ".dotx",
        ".dotm",
        ".odt",
        ".ott",
        ".rtf",
        ".xls",
        ".xlt",
        ".xlsx",
        ".xlsm",
        ".xltx",
        ".xltm",
        ".ods",
        ".ots",
        ".ppt",
        ".pps",
        ".pot",
        ".pptx",
        ".pptm",
        ".ppsx",
        ".ppsm",
        ".potx",
        ".potm",
        ".odp",
        ".otp",
    )
)
PICTURES: Final = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".jp2")
)
MEDIA: Final = frozenset(
    (
        ".mp3",
        ".wma",
        ".aac",
        ".m4a",
        ".wav",
        ".flac",
        ".ogg",
        ".mp4",
        ".m4v",
        ".avi",
        ".wmv",
        ".mov",
        ".mpg",
        ".mpeg",
        ".mkv",
        ".3gp",
    )
)
# Of the kinds that are unpacked, and of others.
ARCHIVES: Final = (
    ".zip",
    ".tar",
    ".gz",
    ".tgz",
    ".bz2",
    ".tbz2",
    ".xz",
    ".txz",
    ".zst",
    ".7z",
    ".rar",
    ".jar",
    ".cab",
    ".iso",
    ".lzh",
)
