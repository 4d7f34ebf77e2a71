"""PDFs of LibreOffice without the moment of their making, so that the same file always gives the same bytes.

LibreOffice 7.4 writes its clock into the document's description, its identifiers and its colour profile, and heeds no
SOURCE_DATE_EPOCH. When a copy was made is told by its PREMIS event; in the file nothing is to be read from it.

The document came from a stranger, so the PDF is opened by a child with limits: `python -m preservation.undated IN OUT`.
"""

import re
import sys
from pathlib import Path
from typing import Final

import pikepdf

from standards import tools
from standards.errors import ToolFailed

_ROOT: Final = Path(__file__).resolve().parents[1]
_LIMITS: Final = tools.Limits(seconds=120, memory_mb=2048, file_mb=1024, output_mb=1)
_DATES: Final = re.compile(rb"[ \t]*<xmp:(CreateDate|ModifyDate|MetadataDate)>[^<]*</xmp:\1>\r?\n?")
# ICC.1:2010, 7.2: the date stands in bytes 24 to 35 of a profile, the signature `acsp` in 36 to 39.
_ICC_DATE: Final = slice(24, 36)
_ICC_MARK: Final = slice(36, 40)
_EPOCH: Final = bytes.fromhex("07b2 0001 0001 0000 0000 0000")  # 1970-01-01, since a profile must have a date


def undated(made: Path, target: Path) -> None:
    """Write `target` from the PDF `made`. Raises ToolFailed where it cannot be read."""
    command: list[str | Path] = [sys.executable, "-m", "preservation.undated", made, target]
    done = tools.run(command, limits=_LIMITS, cwd=_ROOT)
    if done.code != 0 or not target.is_file():
        said = done.err.decode("utf-8", "replace").splitlines()
        raise ToolFailed(tool="pikepdf", reason=said[-1][:200] if said else f"{done.code}")


def take_out_time(made: Path, target: Path) -> None:
    """The child's work."""
    with pikepdf.open(made) as pdf:
        for name in ("/CreationDate", "/ModDate"):
            if "/Info" in pdf.trailer and name in pdf.trailer.Info:
                del pdf.trailer.Info[name]
        for name in ("/DocChecksum", "/ID"):  # a new ID is made of the bytes
            if name in pdf.trailer:
                del pdf.trailer[name]
        if "/Metadata" in pdf.Root:
            pdf.Root.Metadata.write(_DATES.sub(b"", pdf.Root.Metadata.read_bytes()))
        for stream in pdf.objects:
            if isinstance(stream, pikepdf.Stream) and "/N" in stream:
                _date_profile(stream)
        pdf.save(target, deterministic_id=True, compress_streams=False)


def _date_profile(stream: pikepdf.Stream) -> None:
    profile = stream.read_bytes()
    if profile[_ICC_MARK] == b"acsp":
        stream.write(profile[: _ICC_DATE.start] + _EPOCH + profile[_ICC_DATE.stop :])


if __name__ == "__main__":
    take_out_time(Path(sys.argv[1]), Path(sys.argv[2]))
