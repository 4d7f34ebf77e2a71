"""Contents of AIPs for tests: a small real one, and any that hypothesis can think of."""

import hashlib
import string
import uuid
from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from repository.aip import portable_name
from repository.packages import (
    Agent,
    AipContent,
    AipDocument,
    AipId,
    ContentFile,
    Event,
    FileFacts,
    Retention,
)
from standards.findings import finding
from standards.package_tree import MemoryTree, PackageTree, read_bytes

TIME = "2026-11-24T11:13:40.123+07:00"
OBJID = AipId("urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca429")
FOLDER = "urn_uuid_1b4e28ba-2fa1-11d2-883f-0016d3cca429"
NAMES = (
    "001.03.08.H30.81.2024.K4.01.02.082.pdf",
    "Quyết định số 155 (bản scan 100%).pdf",
    "Quye\u0302\u0301t di\u0323nh.pdf",
    "nhãn\x01=%41 & <lạ>.pdf",
)


def content_file(folder: Path, original: str, content: bytes, **facts: object) -> ContentFile:
    """A file on the disk, with its real size and digests."""
    place = folder / hashlib.sha256(original.encode()).hexdigest()
    place.write_bytes(content)
    made = FileFacts(
        size=len(content), sha256=hashlib.sha256(content).hexdigest(), sha512=hashlib.sha512(content).hexdigest(),
        **facts,
    )  # fmt: skip
    return ContentFile(portable_name(original.rpartition("/")[2]), original, place, made)


def small_content(folder: Path) -> AipContent:
    """A hồ sơ of four documents with awkward names, a cover sheet and its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = tuple(_document(folder, order, name) for order, name in enumerate(NAMES, start=1))
    return AipContent(
        id=OBJID, key="H26.99.07/01.TH", agency="H26.99.07", agency_name="Ủy ban nhân dân xã Tân Mẫu",
        fonds="P9907", fonds_name="Phông Ủy ban nhân dân xã Tân Mẫu",
        fields={
            "fileCode": "H26.99.07.1998.01.TH", "title": 'Hồ sơ "tổng kết" & báo cáo <năm 1998>', "language": "01",
            "startDate": "1998", "endDate": "1998-12-29", "confidenceLevel": "02", "numberOfPaper": "17",
            "paperFileCode": "LS26.K1-G02-H001.001", "x_box": "H001", "x_raw_maintenance": "Vĩnh viển",
        },
        documents=documents,
        documentation=(content_file(folder, "hs01/Bìa_hoso01.pdf", b"%PDF-1.4 bia", mime="application/pdf"),),
        submission=(content_file(folder, "rows.csv", b"STT,Ph\xc3\xb4ng\n1,P9907\n", mime="text/csv"),),
        events=_events(documents), agents=(Agent("kho", "Kho", "software", "0.1.0"), Agent("clamav", "ClamAV", "software")),
        retention=Retention("01", "Vĩnh viễn", None, True, "TT 10/2022/TT-BNV"), mode="02", created=TIME,
        label="Hồ sơ tổng kết công tác năm 1998", extra={"delivery": "lô 1"},
    )  # fmt: skip


def _document(folder: Path, order: int, name: str) -> AipDocument:
    fields = {
        "docOrdinal": str(order), "typeName": "02", "codeNumber": "155", "codeNotation": "QĐ-UBND", "language": "01",
        "issuedDate": "2025-06-05", "organName": "Ủy ban nhân dân xã", "subject": f"Về việc số {order} & <khác>",
        "x_signer": "Nguyễn Văn A",
    }  # fmt: skip
    file = content_file(
        folder, f"hs01/{name}", b"%%PDF-1.7 %d" % order, puid="fmt/477", mime="application/pdf", format_name="PDF/A",
        format_version="2b", signature_version="v122", pages=3, dpi=300, text_pages=(True, False, True),
        pdfa_claim="2b", pdfa_verdict="passed", creating_application="Scan & Co", created="2025-01-01",
    )  # fmt: skip
    return AipDocument(order, fields, file)


def _events(documents: tuple[AipDocument, ...]) -> tuple[Event, ...]:
    path = f"representations/rep1/data/{documents[1].file.name}"
    return (
        Event("urn:uuid:11111111-2fa1-11d2-883f-0016d3cca427", "transfer", TIME, "success", "nhận", (),
              (("kho", "executing program"),)),
        Event("urn:uuid:22222222-2fa1-11d2-883f-0016d3cca427", "validation", TIME, "warning", "",
              (finding("TT05-LENGTH", level=None, path=path, vi="Tiêu đề", field="title", found=1200, max=1000),),
              (("clamav", "validator"),), path),
        Event("urn:uuid:33333333-2fa1-11d2-883f-0016d3cca427", "policy assignment", TIME, "success",
              subject="representation"),
    )  # fmt: skip


def in_memory(tree: PackageTree, name: str | None = None) -> MemoryTree:
    """The package's files as bytes, to be tampered with."""
    return MemoryTree({path: read_bytes(tree, path) for path in tree.paths()}, name)


def alike(one: AipContent, other: AipContent) -> bool:
    """Whether two contents say the same, wherever the bytes of their files lie."""
    return plain(one) == plain(other)


def plain(content: AipContent) -> object:
    """Everything of a content but the sources of its files."""

    def of(files: Iterable[ContentFile]) -> list[object]:
        return [(f.name, f.original_name, f.facts) for f in files]

    return (
        content.id, content.key, content.agency, content.agency_name, content.fonds, content.fonds_name,
        dict(content.fields), dict(content.extra), content.retention, content.mode, content.created, content.label,
        [(d.order, dict(d.fields), of([d.file]), d.representation, d.described) for d in content.documents],
        [(of([f.file]), f.representation, f.derived_from, f.event) for f in content.files],
        content.representations, of(content.documentation),
        of(content.submission), list(content.events), list(content.agents),
    )  # fmt: skip


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=40)
words = st.text(max_size=20)
_keys = st.text(string.ascii_letters + "_", min_size=1, max_size=12)
_fields = st.dictionaries(
    _keys | st.sampled_from(["title", "fileCode", "startDate", "totalDoc", "mode"]), words, max_size=6
)


@st.composite
def contents(draw: st.DrawFn, folder: Path) -> AipContent:
    """Any content whose bytes lie in `folder`."""
    originals = draw(st.lists(names, min_size=1, max_size=5, unique_by=lambda n: portable_name(n).casefold()))
    files = [draw(_file(folder, name)) for name in originals]
    cut = draw(st.integers(1, len(files)))
    agents = draw(st.lists(st.builds(Agent, words, words, st.just("software"), words, words), max_size=3,
                           unique_by=lambda a: a.id))  # fmt: skip
    agents = [a for a in agents if a.id]
    return AipContent(
        id=AipId(f"urn:uuid:{draw(st.uuids())}"), key=draw(words), agency=draw(words), agency_name=draw(words),
        fonds=draw(words), fonds_name=draw(words), fields=draw(_fields),
        documents=tuple(AipDocument(i, draw(_fields), f, described=draw(st.booleans()))
                        for i, f in enumerate(files[:cut], start=1)),
        documentation=tuple(files[cut : cut + 1]), submission=tuple(files[cut + 1 :]),
        events=tuple(draw(st.lists(_events_of(agents), max_size=3))), agents=tuple(agents),
        retention=draw(st.builds(Retention, words, words, st.none() | st.integers(0, 99), st.booleans(), words)),
        mode=draw(st.sampled_from(["", "01", "02", "03"])), created=TIME, label=draw(words),
        extra=draw(st.dictionaries(words, words, max_size=2)),
    )  # fmt: skip


@st.composite
def _file(draw: st.DrawFn, folder: Path, name: str) -> ContentFile:
    return content_file(
        folder, name, draw(st.binary(max_size=8)), puid=draw(st.none() | st.just("fmt/18")), format_name=draw(words),
        pages=draw(st.none() | st.integers(0, 500)), text_pages=tuple(draw(st.lists(st.booleans(), max_size=3))),
        encrypted=draw(st.booleans()), creating_application=draw(words), created=draw(st.none() | words),
    )  # fmt: skip


@st.composite
def _events_of(draw: st.DrawFn, agents: list[Agent]) -> Event:
    linked = draw(st.lists(st.sampled_from([a.id for a in agents]), max_size=2)) if agents else []
    told = finding(
        "CSIP58", target=draw(words), path=draw(st.none() | words), page=draw(st.none() | st.integers(1, 9))
    )
    return Event(
        f"urn:uuid:{uuid.UUID(int=draw(st.integers(0, 2**128 - 1)))}", draw(st.sampled_from(["transfer", "validation"])),
        TIME, draw(st.sampled_from(["success", "warning", "failure"])), draw(words), (told,),
        tuple((agent, "validator") for agent in linked), draw(st.sampled_from(["package", "representation"])),
    )  # fmt: skip
