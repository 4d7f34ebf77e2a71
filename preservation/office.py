"""Office files to PDF/A by LibreOffice: one file, one start, one throw-away profile, in the sandbox (ADR 9).

Nothing of a file is trusted: macros never run, links are never followed, there is no network, and whoever takes too long
or too much is ended with all that it started. The outcome is a PDF that claims PDF/A-2b, without the
moment of its making (`undated`); whether it is one is for veraPDF to say.
"""

import functools
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from preservation.undated import undated
from standards import tools
from standards.errors import ToolFailed

LIMITS: Final = tools.Limits(seconds=120, memory_mb=2048, file_mb=1024, output_mb=1)
PROGRAM: Final = "soffice"
_FAMILIES: Final = {
    "writer": ("doc", "dot", "docx", "docm", "dotx", "dotm", "odt", "ott", "rtf"),
    "calc": ("xls", "xlt", "xlsx", "xlsm", "xltx", "xltm", "ods", "ots"),
    "impress": ("ppt", "pps", "pot", "pptx", "pptm", "ppsx", "ppsm", "potx", "potm", "odp", "otp"),
}
_FAMILY: Final = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds}
_PDFA_2B: Final = {"SelectPdfVersion": {"type": "long", "value": "2"}}
_ITEM: Final = '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
# Macros never (3 is LibreOffice's "very high"), nothing loaded from outside, links never brought up to date (2).
_SETTINGS: Final = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
)


@dataclass(frozen=True, slots=True)
class Converted:
    """How a conversion ended: `made` tells whether the PDF is there, `reason` why it is not."""

    made: bool
    reason: str = ""


def is_convertible(kind: str) -> bool:
    """Whether a PDF can be tried of an office file of this kind ("docx", "xls")."""
    return kind in _FAMILY


def is_spreadsheet(kind: str) -> bool:
    """Whether an office file is of rows and columns: its pages show what fits into a cell, not all that is in it."""
    return _FAMILY.get(kind) == "calc"


def to_pdfa(
    source: Path, kind: str, target: Path, *, scratch: Path, limits: tools.Limits = LIMITS
) -> Converted:
    """Write `target`, durable, from an office file of a kind. Never raises for a bad file or a missing program.

    Works in a folder of its own below `scratch`, which is gone afterwards. Raises OSError where the disk refuses.
    """
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="office-", dir=scratch) as name:
        folder = Path(name)
        given, made = folder / f"document.{kind}", folder / "out" / "document.pdf"
        shutil.copyfile(source, given)
        _write_profile(folder / "profile")
        made.parent.mkdir()
        try:
            done = tools.run(_command(folder, given), limits=limits, sandbox=tools.Sandbox(write=(folder,)))
        except ToolFailed as failed:
            return Converted(False, failed.text("en"))
        if not made.is_file() or made.stat().st_size == 0:
            return Converted(
                False, _last_line(done) or f"LibreOffice ended with {done.code} and made nothing"
            )
        fixed = folder / "undated.pdf"
        try:
            undated(made, fixed)
        except ToolFailed as failed:
            return Converted(False, failed.text("en"))
        with fixed.open("rb") as file:
            os.fsync(file.fileno())
        fixed.rename(target)
        return Converted(True)


@functools.cache
def version() -> str:
    """The version of LibreOffice, "7.4.7.2"; empty where it is not installed or does not start."""
    try:
        said = tools.run([PROGRAM, "--version"], limits=tools.Limits(seconds=60), sandbox=tools.Sandbox()).out
    except ToolFailed:
        return ""
    words = said.decode("utf-8", "replace").split()
    return words[1] if len(words) > 1 else ""


def _command(folder: Path, given: Path) -> list[str | Path]:
    kind = given.suffix.removeprefix(".")
    form = f"pdf:{_FAMILY[kind]}_pdf_Export:{json.dumps(_PDFA_2B)}"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    quiet = ("--headless", "--norestore", "--nolockcheck", "--nologo", "--nodefault")
    return [PROGRAM, profile, *quiet, "--convert-to", form, "--outdir", folder / "out", given]


def _write_profile(profile: Path) -> None:
    items = "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")


def _last_line(done: tools.Completed) -> str:
    """The last thing that it said of the file, without the paths of our own."""
    said = (done.err + done.out).decode("utf-8", "replace").splitlines()
    told = [line for line in said if line.strip() and not line.startswith(("Warning:", "convert "))]
    return told[-1].rpartition("file://")[0][:200] or told[-1][:200] if told else ""
