"""The AIP_hoso of TT 05/2025/TT-BNV, rendered from the stored package without loss."""

import dataclasses
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from repository.aip import build_aip
from repository.export_copy import MODE, copy_file
from repository.packages import AipContent, ContentFile, FileFacts, StoredFile
from standards.eark import folder_name
from standards.package_tree import PackageTree

README: Final = "README.txt"
_TEXT: Final = """\
Gói lưu trữ (AIP_hoso) dựng theo Thông tư 05/2025/TT-BNV, Phụ lục I.

CHƯA XÁC NHẬN: cấu trúc gói dựa trên các bản đọc lại của Thông tư, chưa đối chiếu với nguyên văn phụ lục.
Bản gốc trong kho là gói E-ARK AIP 2.2.0 có cùng mã {id}.

AIP_hoso after Thông tư 05/2025/TT-BNV, Appendix I.
UNCONFIRMED: made from second-hand readings of the circular, not checked against the text of its annexes.
The stored package is an E-ARK AIP 2.2.0 with the same identifier {id}.
"""


def write_tt05(tree: PackageTree, content: AipContent, folder: Path) -> str:
    """Build the package anew in the profile and lay it out in `folder`. Gives the folder's name."""
    with tempfile.TemporaryDirectory(prefix="kho-tt05-") as made:
        work = Path(made)
        names = _Names.free_of(content)
        readme = text_file(work / README, names.readme, _TEXT.format(id=content.id))
        moved = {f"documentation/{names.moved(f).name}": str(f.source) for f in content.submission}
        rendered = dataclasses.replace(
            content, documentation=_Documentation(content, readme, names), submission=()
        )
        built = build_aip(rendered, _subfolder(work), "tt05")
        lay_out(built.files(), work, tree, folder, moved)
    return folder_name(content.id)


@dataclasses.dataclass(frozen=True, slots=True)
class _Names:
    """Names for what joins the documentation that none of its own files has."""

    readme: str
    prefix: str

    @staticmethod
    def free_of(content: AipContent) -> "_Names":
        taken = {file.name.casefold() for file in content.documentation}
        readme, prefix = README, "submission_"
        while readme.casefold() in taken:
            readme = f"TT05-{readme}"
        while any(f"{prefix}{file.name}".casefold() in taken for file in content.submission):
            prefix = f"new_{prefix}"
        return _Names(readme, prefix)

    def moved(self, file: ContentFile) -> ContentFile:
        return dataclasses.replace(file, name=f"{self.prefix}{file.name}")


@dataclasses.dataclass(frozen=True, slots=True)
class _Documentation:
    """The documentation of the circular's package: the remark, what was there, and the SIP's own files.

    The circular knows no submission folder.
    """

    content: AipContent
    readme: ContentFile
    names: _Names

    def __iter__(self) -> Iterator[ContentFile]:
        yield self.readme
        yield from self.content.documentation
        yield from map(self.names.moved, self.content.submission)


def _subfolder(work: Path) -> Path:
    folder = work / "build"
    folder.mkdir()
    return folder


def text_file(place: Path, name: str, text: str) -> ContentFile:
    """A text of ours as a file of a package."""
    content = text.encode("utf-8", "backslashreplace")
    place.write_bytes(content)
    facts = FileFacts(
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), sha512=hashlib.sha512(content).hexdigest(),
        puid="x-fmt/111", mime="text/plain", format_name="Plain Text File",
    )  # fmt: skip
    return ContentFile(name, name, place, facts)


def lay_out(
    files: Iterable[StoredFile], work: Path, stored: PackageTree, folder: Path, moved: Mapping[str, str]
) -> None:
    """Write a built package below `folder`: what lies in `work` from there, the rest from the `stored` package.

    `moved` gives the path in `stored` of files that have another one there.
    """
    for file in files:
        target = folder / file.logical_path
        if not file.source.is_relative_to(work):
            copy_file(stored, moved.get(file.logical_path, file.logical_path), target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, target)
        target.chmod(MODE)
