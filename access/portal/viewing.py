"""Pictures of pages: whole pages, parts of finely drawn ones for deep zoom, and marks where found words stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from access.portal.page_hits import boxes
from access.portal.page_images import PageImages, fitting_width
from access.portal.ports import PortalRecords, PortalRender
from repository.rows import DocumentRow
from standards.errors import KhoError
from standards.page_words import UNITS, Box

USUAL_WIDTH, LARGE_WIDTH, SMALL_WIDTH = 900, 1800, 200
TILE: Final = 600  # pixels each way
FINE: Final = (1800, 3600)  # widths that tiles are drawn at
MOST_TILES: Final = 40  # in each direction: a page is at most so long
MARKED_PAGES: Final = 8  # pages of one document whose words are placed
PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Marks:
    """Where found words stand on a page `wide` by `high` units."""

    wide: int
    high: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Draws pages and remembers the last ones."""

    render: PortalRender
    images: PageImages

    def page(
        self, request: Request, records: PortalRecords, document: DocumentRow, headers: Mapping[str, str]
    ) -> Response:
        """The picture of a page. 400 for what is no width, 404 for what is no page."""
        number = request.path_params["n"]
        width = fitting_width(request.query_params.get("width", ""), USUAL_WIDTH)
        if width is None:
            raise HTTPException(400)
        sha256 = _page_of(document, number)
        draw = partial(self.render, records.pages_of(document), page=number, width=width)
        return self._image(request, f"{sha256}-{number}-{width}", draw, headers)

    def tile(
        self, request: Request, records: PortalRecords, document: DocumentRow, headers: Mapping[str, str]
    ) -> Response:
        """A part of a finely drawn page. 404 for what is no page or no part of one."""
        number, width, across, down = (request.path_params[name] for name in ("n", "width", "across", "down"))
        if width not in FINE or across > MOST_TILES or down > MOST_TILES or across * TILE >= width:
            raise HTTPException(404)
        sha256 = _page_of(document, number)
        draw = partial(
            self.render.tile, records.pages_of(document), page=number, width=width, left=across * TILE,
            top=down * TILE, side=TILE,
        )  # fmt: skip
        return self._image(request, f"{sha256}-{number}-{width}-{across}-{down}", draw, headers)

    def marks(
        self, records: PortalRecords, document: DocumentRow, query: str, pages: list[int]
    ) -> dict[int, Marks]:
        """Where the words of a query stand on the first of the pages that have them; a page that cannot be read has none."""
        found: dict[int, Marks] = {}
        for number in pages[:MARKED_PAGES]:
            try:
                words = self.render.words(records.pages_of(document), page=number)
            except KhoError:
                continue
            found[number] = Marks(UNITS, words.high, tuple(boxes(query, words)))
        return found

    def _image(
        self, request: Request, key: str, draw: "partial[bytes]", headers: Mapping[str, str]
    ) -> Response:
        told = {"ETag": f'"{key}"', **headers}
        if same(request, told["ETag"]):
            return Response(status_code=304, headers=told)
        return Response(self.images.get(key, draw), media_type="image/jpeg", headers=told)


def pages_of(document: DocumentRow) -> tuple[int, str]:
    """How many pages can be shown of a document, and the sha256 of the PDF that they are drawn from."""
    if document.reading is not None:
        return document.reading_pages or 0, document.reading_sha256 or ""
    return (document.pages or 0) if document.mime == PDF else 0, document.sha256


def same(request: Request, etag: str) -> bool:
    """Whether the reader already has these bytes (RFC 9110, 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return any(tag.strip().removeprefix("W/") == etag for tag in known.split(","))


def _page_of(document: DocumentRow, number: int) -> str:
    count, sha256 = pages_of(document)
    if not 1 <= number <= count:
        raise HTTPException(404)
    return sha256
