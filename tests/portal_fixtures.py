"""A portal over the demo's fonds without services: what the ports promise, in memory."""

import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from access.demo.fonds import DemoDocument, DemoFile, demo_documents, demo_files, words
from access.demo.letter import leaves
from access.holdings import Holdings
from access.portal.ports import Kept, PortalDoors, Shelf, SignedIn
from access.search import Hit, SearchResult
from access.snippets import MARK, UNMARK
from repository.people import SignInRefused
from repository.permissions import Post, Viewer
from repository.rows import AipRow, DocumentRow, EventRow
from repository.searches import SavedSearch
from standards import pdf_view
from standards.codes import code_list
from standards.errors import ToolFailed
from standards.page_words import PageWords
from standards.vietnamese import fold

SPACE = uuid.UUID("6b686f00-0000-4000-8000-000000000000")
AT = dt.datetime(2026, 11, 24, 3, 31, tzinfo=dt.UTC)
STEPS = (
    ("scan-viruses", "virus check", "success", [{"id": "clamav", "version": "1.0.7"}]),
    ("receive", "transfer", "success", [{"id": "kho", "version": "0.1.0"}]),
    ("identify-formats", "format identification", "success", [{"id": "siegfried", "version": "1.11.2"}]),
    ("validate-files", "validation", "success", [{"id": "verapdf", "version": "1.30.2"}]),
    ("validate-package", "validation", "warning", [{"id": "kho", "version": "0.1.0"}]),
    ("store", "ingestion end", "success", [{"id": "kho", "version": "0.1.0"}]),
)


def aip_id(file: str) -> str:
    """The AIP id of the demo's hồ sơ numbered `file`."""
    return f"urn:uuid:{uuid.uuid5(SPACE, file)}"


def edtf(date: str) -> str:
    """dd/mm/yyyy and its shorter forms as EDTF."""
    return "-".join(reversed(date.split("/")))


def code(name: str, word: str) -> str:
    """The code of a word."""
    return code_list(name).code_of(word) or ""


def aip_row(file: DemoFile) -> AipRow:
    """A published hồ sơ of the demo."""
    fields = {
        "fileCode": file.notation, "title": file.title, "maintenance": code("maintenance", file.maintenance),
        "mode": "01", "language": "01", "startDate": edtf(file.start), "endDate": edtf(file.end),
        "keyword": file.keyword, "numberOfPaper": file.papers, "x_box": file.box, "x_inventory": "01",
        "paperFileCode": file.paper_file_code,
    }  # fmt: skip
    return AipRow(
        id=aip_id(file.number), key=file.code, agency="H26.99.07", agency_name=words()["fonds"]["name"],
        block="Chính quyền", level="xã", fonds="P9907", fonds_name=words()["fonds"]["name"], version="v1",
        profile="eark", fields=fields, retention={}, mode="01", content_digest="", documents=4, pages=9,
        bytes=2_345_678, findings=[], created_at=AT, stored_at=AT, indexed_at=AT, published=True,
    )  # fmt: skip


def document_row(document: DemoDocument) -> DocumentRow:
    """A public document of the demo."""
    fields = {
        "docOrdinal": str(document.order), "typeName": code("typeName", document.type_name),
        "codeNumber": document.number, "codeNotation": document.notation, "issuedDate": edtf(document.date),
        "organName": words()["organs"][document.organ]["name"], "subject": document.subject, "language": "01",
        "numberOfPage": str(document.pages), "mode": "01", "format": "02",
    }  # fmt: skip
    aip = aip_id(document.file)
    return DocumentRow(
        id=f"{aip}#{document.order:07d}", aip=aip, ordinal=document.order, fields=fields,
        file=f"representations/rep1/data/{document.order}.pdf",
        original_name=f"TanMau/{document.file}.{document.order:03d}.pdf", size=412_345, sha256="ab" * 32,
        sha512="cd" * 64, puid="fmt/477", mime="application/pdf", pages=document.pages,
        facts={"format_name": "Acrobat PDF/A - Portable Document Format", "format_version": "2b",
               "pdfa_claim": "2b", "pdfa_verdict": "passed", "dpi": 200},
    )  # fmt: skip


def event_rows(file: str) -> list[EventRow]:
    """What happened to a hồ sơ."""
    return [
        EventRow(
            id=uuid.uuid5(SPACE, f"{file}{step}"), package=1, aip=aip_id(file), step=step, type=kind,
            outcome=outcome, codes=[], agents=agents, detail={}, time=AT + dt.timedelta(seconds=number),
        )
        for number, (step, kind, outcome, agents) in enumerate(STEPS)
    ]  # fmt: skip


DESTROYED = "urn:uuid:00000000-0000-4000-8000-00000000dead"


@dataclass
class FakeRecords:
    """The hồ sơ `published` of the demo (all others are unknown); `folder` holds the PDFs by their original names."""

    published: tuple[str, ...] = ("04", "10")
    folder: Path = Path("/nonexistent")
    hidden: set[str] = field(default_factory=set)

    def _documents(self) -> dict[str, tuple[DocumentRow, DemoDocument]]:
        rows = ((document_row(d), d) for number in self.published for d in demo_documents(number))
        return {row.id: (row, d) for row, d in rows if row.id not in self.hidden}

    def shelves(self) -> list[Shelf]:
        name = words()["fonds"]["name"]
        if not self.published:
            return []
        return [Shelf("Chính quyền", "xã", "H26.99.07", name, "P9907", f"Phông {name}", len(self.published))]

    def kept(self, agency: str, fonds: str, *, limit: int, offset: int) -> list[Kept]:
        rows = [aip_row(f) for f in demo_files() if f.number in self.published][offset : offset + limit]
        return [
            Kept(
                r.id,
                r.fields["x_inventory"],
                r.fields["x_box"],
                r.fields["fileCode"],
                r.fields["title"],
                "",
                "",
            )
            for r in rows
        ]

    def record(self, aip: str) -> AipRow | None:
        rows = (aip_row(f) for f in demo_files() if f.number in self.published)
        return next((row for row in rows if row.id == aip), None)

    def destroyed(self, aip: str) -> bool:
        return aip == DESTROYED

    def documents(self, aip: str) -> list[DocumentRow]:
        return [row for row, _ in self._documents().values() if row.aip == aip]

    def document(self, id: str) -> DocumentRow | None:
        return self._documents().get(id, (None, None))[0]

    def events(self, aip: str) -> list[EventRow]:
        return next((event_rows(n) for n in self.published if aip_id(n) == aip), [])

    def page_texts(self, document: DocumentRow) -> list[str]:
        demo = self._documents()[document.id][1]
        return [" ".join(run.text for run in leaf.runs) for leaf in leaves(demo)]

    def content(self, document: DocumentRow) -> Path:
        return self.folder / (document.original_name or "").rpartition("/")[2]

    def pages_of(self, document: DocumentRow) -> Path:
        return self.content(document)


def _hit(row: DocumentRow, words_sought: list[str]) -> Hit:
    title = row.fields["subject"]
    marked = " ".join(f"{MARK}{w}{UNMARK}" if fold(w) in words_sought else w for w in title.split())
    number = "/".join(filter(None, (row.fields["codeNumber"], row.fields["codeNotation"])))
    return Hit(
        id=row.id, aip=row.aip, kind="document", document=row.id.rpartition("#")[2], file=row.original_name,
        title=title, marked_title=marked, snippet=title, marked_snippet=f"Điều 1. … {marked} …", page=1,
        file_title="Tập lưu quyết định", cited_as=number, issued=row.fields["issuedDate"], agency_name="",
        organ=row.fields["organName"], fonds_name="P9907", type=row.fields["typeName"], mode="01", pages=row.pages,
    )  # fmt: skip


@dataclass
class FakeSearch:
    """Finds documents whose subject has every word; remembers what it was asked. `copies` multiplies the total."""

    records: FakeRecords
    copies: int = 1
    asked: list[tuple[str, Mapping[str, Sequence[str]], int, int]] = field(default_factory=list)

    def __call__(
        self,
        query: str,
        *,
        filters: Mapping[str, Sequence[str]],
        limit: int,
        offset: int,
        sort: str = "relevance",
    ) -> SearchResult:
        self.asked.append((query, filters, limit, offset))
        sought = fold(query).split()
        rows = [row for row, _ in self.records._documents().values()]
        hits = [_hit(r, sought) for r in rows if all(w in fold(r.fields["subject"]) for w in sought)]
        years = sorted({h.issued[:4] for h in hits if h.issued}, reverse=True)
        facets = {
            "kind": [("document", len(hits))], "type": [("02", 3), ("10", 1)],
            "year": [(year, 1) for year in years], "retention": [("01", len(hits))],
        } if hits else {}  # fmt: skip
        return SearchResult(len(hits) * self.copies, 0.01, facets, tuple(hits[:limit]))

    def holdings(self) -> Holdings:
        rows = [row for row, _ in self.records._documents().values()]
        years: dict[int, int] = {}
        for row in rows:
            if year := row.fields["issuedDate"][:4]:
                years[int(year)] = years.get(int(year), 0) + 1
        files = self.records.published
        return Holdings(
            len(files), len(rows), 1234 if files else 0, 23_456_789 if files else 0,
            {"Chính quyền": years} if files else {}, {"PDF/A 2b": len(rows)} if files else {},
        )  # fmt: skip

    def similar(self, id: str) -> list[Hit]:
        rows = [row for row, _ in self.records._documents().values() if row.id != id]
        return [_hit(row, []) for row in rows[:2]]


@dataclass
class FakeRender:
    """Draws a blank page and counts how often."""

    drawn: list[tuple[Path, int, int]] = field(default_factory=list)

    def __call__(self, pdf: Path, *, page: int, width: int) -> bytes:
        self.drawn.append((pdf, page, width))
        out = io.BytesIO()
        Image.new("RGB", (width, round(width * 1.414)), "white").save(out, "JPEG")
        return out.getvalue()

    def tile(self, pdf: Path, *, page: int, width: int, left: int, top: int, side: int) -> bytes:
        self.drawn.append((pdf, page, width))
        out = io.BytesIO()
        Image.new("RGB", (side, side), "white").save(out, "JPEG")
        return out.getvalue()

    def words(self, pdf: Path, *, page: int) -> PageWords:
        return PageWords(14_140, (("Quyết", (1000, 2000, 900, 200)), ("định", (2000, 2000, 700, 200))))


class RealRender:
    """Draws real pages, in this process: for looking at the portal."""

    def __call__(self, pdf: Path, *, page: int, width: int) -> bytes:
        return pdfium_render(pdf, page=page, width=width)

    def tile(self, pdf: Path, *, page: int, width: int, left: int, top: int, side: int) -> bytes:
        return pdf_view.tile(pdf, page, width, left, top, side)

    def words(self, pdf: Path, *, page: int) -> PageWords:
        return pdf_view.words(pdf, page)


def pdfium_render(pdf: Path, *, page: int, width: int) -> bytes:
    """Draws a real page, in this process: for looking at the portal."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        leaf = document[page - 1]
        image = leaf.render(scale=width / leaf.get_width()).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


class BrokenRender(FakeRender):
    """A renderer that gives no answer."""

    def __call__(self, pdf: Path, *, page: int, width: int) -> bytes:
        raise ToolFailed(tool="renderer", reason=f"{pdf} {page} {width}")

    def words(self, pdf: Path, *, page: int) -> PageWords:
        raise ToolFailed(tool="renderer", reason=f"{pdf} {page}")


@dataclass
class FakePeople:
    """One account, canbo, with a one-time password; everybody's doors are the same."""

    records: FakeRecords
    search: FakeSearch
    password: str = "dung-mot-lan"
    must_change: bool = True
    token: str = ""

    def who(self, token: str) -> SignedIn | None:
        if not self.token or token != self.token:
            return None
        post = Post(
            id=uuid.UUID(int=1), account="canbo", role="records-officer", agency="H26.99.07", fonds=None, block=None,
            level=None, modes=["01", "02"], valid_from=AT.date(), valid_to=None, basis="Quyết định số 12/QĐ-VP",
            granted_by="x", granted_at=AT, approved_by="y", approved_at=AT, ended_by=None, ended_at=None,
        )  # fmt: skip
        return SignedIn(Viewer("canbo", "Trần Cán Bộ"), self.must_change, (post,))

    def key(self, secret: str) -> SignedIn | None:
        return None

    def sign_in(self, account: str, password: str) -> str:
        if (account, password) != ("canbo", self.password):
            raise SignInRefused()
        self.token = uuid.uuid4().hex
        return self.token

    def sign_out(self, token: str) -> None:
        self.token = ""

    def change_password(self, who: SignedIn, old: str, new: str) -> None:
        if old != self.password:
            raise SignInRefused()
        self.password, self.must_change, self.token = new, False, ""

    def doors(self, viewer: Viewer) -> PortalDoors:
        return PortalDoors(self.records, self.search)

    def saved(self, who: SignedIn) -> list[SavedSearch]:
        return [SavedSearch(uuid.UUID(int=2), "khen thưởng", "/search?q=khen", AT)]

    def note_view(self, viewer: Viewer, record: str, door: str) -> None:
        return None
