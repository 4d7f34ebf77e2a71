"""The portal's addresses. Each answers a request from what its reader's doors give; what may not be seen is not there."""

from dataclasses import dataclass
from importlib import resources

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from access.portal import asking, charts, sheets, telling
from access.portal.addresses import document_id, record_id
from access.portal.page_hits import page_hits
from access.portal.pages import page, texts_of, with_query
from access.portal.people import ACCOUNT, who_asks
from access.portal.ports import PortalDoors, PortalPeople, PortalRecords, SignedIn
from access.portal.viewing import (
    FINE,
    LARGE_WIDTH,
    PDF,
    SMALL_WIDTH,
    TILE,
    USUAL_WIDTH,
    Pictures,
    pages_of,
    same,
)
from access.rights import seen, sentence, today
from access.search import SORTS
from repository.permissions import PUBLIC_MODE, decide
from repository.rows import AipRow, DocumentRow

SHELF_PAGE = 200  # hồ sơ on one page of a fonds
STATIC = {"kho.css": "text/css", "kho.svg": "image/svg+xml", "kho.js": "text/javascript"}
SHEETS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal over its ports; `public` are the doors of whoever has not signed in."""

    public: PortalDoors
    pictures: Pictures
    people: PortalPeople | None = None

    def home(self, request: Request) -> Response:
        """/: the search box and the holdings at a glance."""
        held = self.doors(request, "search").search.holdings()
        return page(
            request, "home.html", holdings=held, years=charts.by_year(held), formats=charts.shares(held.formats),
            chart=(charts.WIDE, charts.HIGH),
        )  # fmt: skip

    def browse(self, request: Request) -> Response:
        """/duyet: khối, cấp, cơ quan and phông; /duyet?agency=&fonds=: a fonds by mục lục, hộp and hồ sơ."""
        records, asked = self.doors(request, "read").records, request.query_params
        agency, fonds, number = asked.get("agency", ""), asked.get("fonds", ""), asked.get("page", "1")
        shelves = records.shelves()
        if not agency and not fonds:
            return page(request, "shelves.html", shelves=shelves)
        shelf = next((s for s in shelves if (s.agency, s.fonds) == (agency, fonds)), None)
        if shelf is None or not (number.isascii() and number.isdigit() and 0 < len(number) <= 6):
            raise HTTPException(404)
        pages = -(-shelf.files // SHELF_PAGE)
        at = int(number)
        if not 1 <= at <= pages:
            raise HTTPException(404)
        kept = records.kept(agency, fonds, limit=SHELF_PAGE, offset=(at - 1) * SHELF_PAGE)
        here = with_query([("agency", agency), ("fonds", fonds)], "/duyet")
        return page(request, "shelf.html", shelf=shelf, kept=kept, at=at, pages=pages, here=here)

    def results(self, request: Request) -> Response:
        """/search: a page of hits with facets."""
        asked = asking.read_asked(request.query_params)
        if asked is None:
            raise HTTPException(400)
        texts = texts_of(request)
        found = self.doors(request, "search").search(
            asked.query, filters=asked.filters, limit=asking.PAGE_SIZE, offset=asked.offset, sort=asked.sort
        )
        pages = min(asking.LAST_PAGE, -(-found.total // asking.PAGE_SIZE))
        removals = [
            (
                asking.value_label(name, value, texts, found.labels),
                texts(f"facets.{name}"),
                asked.address(but=(name, value)),
            )
            for name, value in asked.pairs()
        ]
        facets = list(asking.choices(asked, found.facets, texts, found.labels))
        return page(
            request, "results.html", asked=asked, query=asked.query, found=found, pages=pages, removals=removals,
            facets=facets, shown=asking.SHOWN, opened=asking.OPEN, sorts=tuple(SORTS), most=sheets.MOST,
        )  # fmt: skip

    def sheet(self, request: Request) -> Response:
        """/xuat.csv, /xuat.xlsx: the hits of a search as a spreadsheet, as many as one sheet takes."""
        asked = asking.read_asked(request.query_params)
        if asked is None:
            raise HTTPException(400)
        found = self.doors(request, "search").search(
            asked.query, filters=asked.filters, limit=sheets.MOST, offset=0, sort=asked.sort
        )
        table = sheets.rows(found.hits, texts_of(request), str(request.base_url).rstrip("/"))
        kind = request.url.path.rpartition(".")[2]
        content = sheets.as_csv(table) if kind == "csv" else sheets.as_xlsx(table)
        headers = {"Content-Disposition": f'attachment; filename="kho.{kind}"', "Cache-Control": "no-store"}
        return Response(content, media_type=SHEETS[kind], headers=headers)

    def record(self, request: Request) -> Response:
        """/hoso/{id}: a hồ sơ, its place, description, documents and events."""
        doors = self.doors(request, "read")
        records = doors.records
        record = _record(records, record_id(request.path_params["id"]))
        self.note(request, record, None)
        texts = texts_of(request)
        return page(
            request, "record.html", record=record, documents=records.documents(record.id), telling=telling,
            title=record.fields.get("title") or record.key, places=telling.hierarchy(record, texts),
            described=list(telling.described("file", record.fields, texts)),
            events=[telling.told(event, texts) for event in records.events(record.id)],
            similar=doors.search.similar(record.id), why=_why(request, record, None), site=str(request.base_url).rstrip("/"), small=SMALL_WIDTH,
            shelf=with_query([("agency", record.agency), ("fonds", record.fonds)], "/duyet"),
        )  # fmt: skip

    def document(self, request: Request) -> Response:
        """/vanban/{id}: a document with its pages, description, events and checksums."""
        doors = self.doors(request, "read")
        records = doors.records
        document = _document(records, request.path_params["id"])
        record, texts = _record(records, document.aip), texts_of(request)
        self.note(request, record, document)
        beside = records.documents(record.id)
        at = [other.id for other in beside].index(document.id) if document in beside else 0
        page_texts = records.page_texts(document)
        query = request.query_params.get("q", "")[: asking.LONGEST_QUERY]
        hits = list(page_hits(query, page_texts))
        return page(
            request, "document.html", record=record, telling=telling, document=document, query=query, page_texts=page_texts,
            title=telling.title_of(document), number=telling.number_of(document), date=telling.date_of(document),
            count=pages_of(document)[0],
            hits=hits, marks=self.pictures.marks(records, document, query, [at for at, _stretch in hits]),
            site=str(request.base_url).rstrip("/"), small=SMALL_WIDTH, tile=TILE, fine=FINE, results=with_query([("q", query)], "/search"),
            previous=beside[at - 1] if at else None, next=beside[at + 1] if at + 1 < len(beside) else None,
            described=list(telling.described("document", document.fields, texts)),
            technical=[pair for pair in telling.technical(document, texts) if pair[1]],
            events=[telling.told(event, texts) for event in records.events(record.id)],
            usual=USUAL_WIDTH, large=LARGE_WIDTH, format=_format(document), similar=doors.search.similar(document.id),
            why=_why(request, record, document),
        )  # fmt: skip

    def page_image(self, request: Request) -> Response:
        """/trang/{id}/{n}.jpg?width=: the image of a page, drawn on the server."""
        records, document = self._to_draw(request)
        return self.pictures.page(request, records, document, _kept(request))

    def page_part(self, request: Request) -> Response:
        """/manh/{id}/{n}/{width}/{across}_{down}.jpg: a part of a page that is drawn finely, for deep zoom."""
        records, document = self._to_draw(request)
        return self.pictures.tile(request, records, document, _kept(request))

    def _to_draw(self, request: Request) -> tuple[PortalRecords, DocumentRow]:
        records = self.doors(request, "files").records
        document = _document(records, request.path_params["id"])
        self.note(request, _record(records, document.aip), document)
        return records, document

    def original(self, request: Request) -> Response:
        """/tep/{id}: the stored bytes of a document's file, to keep."""
        records = self.doors(request, "files").records
        document = _document(records, request.path_params["id"])
        self.note(request, _record(records, document.aip), document)
        headers = {"ETag": f'"{document.sha256}"', **_kept(request)}
        if same(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        name = (document.original_name or document.file).rpartition("/")[2]
        kind = document.mime or "application/octet-stream"
        return FileResponse(records.content(document), media_type=kind, filename=name, headers=headers)

    def reading(self, request: Request) -> Response:
        """/ban-doc/{id}: the PDF/A that was made of a document's file for reading."""
        records = self.doors(request, "files").records
        document = _document(records, request.path_params["id"])
        if document.reading is None:
            raise HTTPException(404)
        self.note(request, _record(records, document.aip), document)
        headers = {"ETag": f'"{document.reading_sha256}"', **_kept(request)}
        if same(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        name = (document.original_name or document.file).rpartition("/")[2].rpartition(".")[0]
        place = records.pages_of(document)
        return FileResponse(place, media_type=PDF, filename=f"{name}.pdf", headers=headers)

    def doors(self, request: Request, scope: str) -> PortalDoors:
        """The doors of whoever asks. Who still has a one-time password is sent to choose another one; a program's key
        needs the scope."""
        who = who_asks(request, self.people)
        if who is None or self.people is None:
            return self.public
        if who.scopes is not None and scope not in who.scopes:
            raise HTTPException(403)
        if who.must_change:
            raise HTTPException(303, headers={"Location": ACCOUNT})
        return self.people.doors(who.viewer)

    def note(self, request: Request, record: AipRow, document: DocumentRow | None) -> None:
        """Write down that somebody opened what the public may not see."""
        who: SignedIn | None = request.state.who
        own = document.fields.get("mode", "") if document else ""
        public = record.published and record.mode == PUBLIC_MODE and own in ("", PUBLIC_MODE)
        if who is not None and self.people is not None and not public:
            door = request.url.path.split("/")[1]
            self.people.note_view(who.viewer, document.id if document else record.id, door)


def _record(records: PortalRecords, id: str | None) -> AipRow:
    record = records.record(id) if id else None
    if record is None:
        raise HTTPException(410 if id and records.destroyed(id) else 404)
    return record


def _document(records: PortalRecords, written: str) -> DocumentRow:
    id = document_id(written)
    document = records.document(id) if id else None
    if document is None:
        gone = id is not None and records.destroyed(id.partition("#")[0])
        raise HTTPException(410 if gone else 404)
    return document


def _why(request: Request, record: AipRow, document: DocumentRow | None) -> str:
    """Why whoever has signed in may see this, in a sentence; nothing for the public, who sees what is published."""
    who: SignedIn | None = request.state.who
    if who is None:
        return ""
    return sentence(decide(who.viewer, seen(record, document), today()), texts_of(request).lang)


def _kept(request: Request) -> dict[str, str]:
    """How long a browser may keep what it was given: nothing of what an account alone may see."""
    return {"Cache-Control": "no-store" if request.state.who else "private, max-age=600"}


def _format(document: DocumentRow) -> str:
    """The format of the original in a word: PDF, DOCX, MP3."""
    suffix = (document.original_name or document.file).rpartition("/")[2].rpartition(".")[2]
    return "PDF" if document.mime == PDF else suffix.upper() or document.mime or "?"


def static(request: Request) -> Response:
    """/static/{name}: the style sheet and the sign, and nothing else."""
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    content = (resources.files("access.portal") / "static" / name).read_bytes()
    return Response(content, media_type=STATIC[name], headers={"Cache-Control": "public, max-age=600"})


def health(_request: Request) -> Response:
    """/healthz: that this process answers."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})
