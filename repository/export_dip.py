"""The reading copy: a DIP after TT 05/2025/TT-BNV (Appendix V), with a plain list of what it holds.

It carries the documents and their descriptions, not the storehouse's events or account. There is no request form
behind an export from the command line: the package says so.
"""

import dataclasses
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from repository import aip_mets
from repository.aip import SCHEMAS
from repository.aip_description import arc_file_code, document_values
from repository.aip_files import Ids, PackageFiles, read_manifest
from repository.aip_mets import Part
from repository.aip_records import of_representation
from repository.export_tt05 import README, lay_out, text_file
from repository.packages import AipContent, AipDocument, AipId, StoredFile, data_path
from standards import mets, tt05
from standards.dates import for_people
from standards.eark import folder_name, profile
from standards.package_tree import PackageTree

_HANOI: Final = timezone(timedelta(hours=7))
_OFFICIAL: Final = "02"
_PURPOSE: Final = "Bản đọc xuất trực tiếp từ kho, không kèm phiếu yêu cầu"
_SCHEMAS: Final = tuple(name for name in SCHEMAS if name != "premis.xsd")


def write_dip(tree: PackageTree, content: AipContent, folder: Path) -> str:
    """Build the DIP and lay it out in `folder`. Gives the folder's name: a new OBJID each time."""
    now = datetime.now(_HANOI)
    dip = dataclasses.replace(
        content, id=AipId(f"uuid-{str(uuid.uuid4()).upper()}"), created=now.isoformat(timespec="milliseconds")
    )
    with tempfile.TemporaryDirectory(prefix="kho-dip-") as made:
        work = Path(made)
        files = PackageFiles(work)
        try:
            _Building(dip, content.id, files).write()
        finally:
            files.close()
        lay_out(read_manifest(work / "manifest.jsonl"), work, tree, folder, {})
    return folder_name(dip.id)


class _Building:
    """One building of a DIP: schemas, documents, list, request, METS."""

    def __init__(self, dip: AipContent, source: str, files: PackageFiles) -> None:
        self.dip = dip
        self.source = source
        self.files = files
        self.context = aip_mets.Context(dip, profile("dip"), Ids(dip.id))

    def write(self) -> None:
        schemas = [(self.files.schema(name), "application/xml") for name in _SCHEMAS]
        with_documents = dict.fromkeys(document.representation for document in self.dip.documents)
        representations = [(name, self._representation(name)) for name in with_documents]
        readme = text_file(self.files.folder / README, README, "".join(self._list()))
        listed = self.files.content(f"documentation/{README}", readme)
        root = aip_mets.Root(
            description=self._request(),
            administrative=(),
            groups={"Schemas": schemas, "Documentation": [(listed, "text/plain")]},
            representations=representations,
        )
        with self.files.xml("METS.xml", mets.XSD) as writer:
            aip_mets.write_root(writer, self.context, root)

    def _representation(self, name: str) -> StoredFile:
        spool = self.files.folder / f"parts-{name}.jsonl"
        with spool.open("x", encoding="ascii") as lines:
            for document in of_representation(self.dip.documents, name):
                lines.write(aip_mets.part_line(self._document(document)) + "\n")
        with self.files.xml(f"representations/{name}/METS.xml", mets.XSD) as writer:
            aip_mets.write_representation(writer, self.context, name, (), lambda: aip_mets.read_parts(spool))
        return self.files.last

    def _document(self, document: AipDocument) -> Part:
        data = self.files.content(data_path(document), document.file)
        path = aip_mets.description_path(document)
        with self.files.xml(path, tt05.DOCUMENT_XSD) as writer:
            tt05.simpledc(writer, "document_dip", self._values(document), "../../../../schemas/EAD_doc.xsd")
        return Part(data, document.file.facts.mime, self.files.last)

    def _values(self, document: AipDocument) -> Mapping[str, str]:
        code = f"{arc_file_code(self.dip)}.{document.order:07d}"
        return {"arcDocCode": code, **document_values(self.dip, document)}

    def _request(self) -> StoredFile:
        values = {
            "requestID": self.dip.id, "requestDate": self.dip.created[:10], "purpose": _OFFICIAL,
            "purposeContent": _PURPOSE, "description": f"AIP {self.source}",
        }  # fmt: skip
        with self.files.xml("metadata/descriptive/EAD.xml", tt05.FILE_XSD) as writer:
            tt05.simpledc(writer, "request", values, f"../../schemas/{tt05.FILE_XSD}")
        return self.files.last

    def _list(self) -> Iterator[str]:
        """What a reader without any software of ours needs: which file is which document."""
        dip = self.dip
        yield f"BẢN ĐỌC (DIP) / READING COPY\n\nHồ sơ: {dip.fields.get('title', dip.label)}\n"
        yield f"Mã hồ sơ: {arc_file_code(dip)}\nCơ quan: {dip.agency_name or dip.agency}\nGói lưu trữ: {self.source}\n"
        yield f"Xuất lúc: {dip.created}\n{profile('dip').mark}\n\nVăn bản:\n"
        for document in dip.documents:
            given = document.fields
            date = for_people(given.get("issuedDate", ""))
            yield f"{document.order}. {given.get('subject', '')} {f'({date})' if date else ''}\n"
            yield f"   {data_path(document)}\n"
            yield f"   tên gốc: {document.file.original_name}\n"
