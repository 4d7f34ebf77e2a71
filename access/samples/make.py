"""`sample`: an act by lot, laid out, printed, stamped, worn and scanned, with the truth of it all."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from access.demo.fonts import pen
from access.demo.layout import A4, Run
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import INK, ScannedPage, write
from access.samples import marks, wear
from access.samples.content import Act, draw_act
from access.samples.layouts import HAND, Laid, Layout, lay_out, layouts

Box = tuple[float, float, float, float]
SCANNED = "2025-08-01T08:00:00+07:00"


@dataclass(frozen=True, slots=True)
class TruthWord:
    """A word as it stands on the scan: its box (x0, y0, x1, y1) in pixels, and the field that it tells, or ""."""

    text: str
    box: Box
    field: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A scanned page: JPEG bytes, size in pixels at `dpi`, and its truth in reading order.

    `stamps` are the stamped words with their boxes; `blank` pages have no word.
    """

    jpeg: bytes
    width: int
    height: int
    dpi: int
    wear: wear.Wear
    words: tuple[TruthWord, ...]
    stamps: tuple[tuple[marks.Stamp, Box], ...] = ()
    blank: bool = False
    runs: tuple[Run, ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The words of the page, a blank between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Sample:
    """A scanned act. `act` is the truth of its fields; `layout` the template."""

    act: Act
    layout: Layout
    pages: tuple[SamplePage, ...]

    @property
    def fields(self) -> Mapping[str, str]:
        """The truth by field, as the page shows it; a field that the page does not show is empty."""
        act, of = self.act, self.layout
        shown = {stamp.text for page in self.pages for stamp, _box in page.stamps}
        return {
            "issuer": act.issuer, "number": "" if of.blank_number else act.number, "notation": act.notation,
            "place": act.place, "date": act.date[:7] if of.blank_day else act.date, "type": act.type_code,
            "subject": act.subject, "office": " ".join(act.office), "signer": act.signer,
            "secrecy": next((name for name in ("TUYỆT MẬT", "TỐI MẬT", "MẬT") if name in shown), ""),
            "urgency": next((name for name in ("HỎA TỐC", "THƯỢNG KHẨN", "KHẨN") if name in shown), ""),
            "procedure": act.procedure, "person": act.person, "business": act.business, "parcel": act.parcel,
        }  # fmt: skip


def _print(laid: Laid, dpi: int, sheet: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8]:
    """The words and lines of a page on its paper; what is written by hand is left for later."""
    picture = Image.fromarray(sheet)
    write(picture, tuple(run for run in laid.runs if run.colour != HAND), dpi)
    draw, scale = ImageDraw.Draw(picture), dpi / 72
    for rule in laid.rules:
        draw.line([value * scale for value in rule], fill=INK, width=max(1, int(0.8 * scale)))
    page = np.asarray(picture).copy()
    for run in laid.runs:
        if run.colour == HAND:
            marks.scribble(page, run.text, (run.x, run.y), run.size, scale, rng)
    return page


def _stamped(
    page: NDArray[np.uint8], laid: Laid, stamps: Sequence[marks.Stamp], scale: float, rng: random.Random
) -> list[tuple[marks.Stamp, Box]]:
    """Signature, seal and marks on the page; where the marks are."""
    if laid.signature:
        marks.sign(page, laid.signature, scale, rng)
    if laid.stamp:
        marks.seal(page, laid.stamp, scale, rng)
    placed = []
    for number, stamp in enumerate(stamps):
        centre = stamp.centre or (laid.free[0], laid.free[1] + 30 * number)
        x0, y0, x1, y1 = marks.press(page, stamp, centre, scale, rng.randrange(1 << 30))
        placed.append((stamp, (float(x0), float(y0), float(x1), float(y1))))
    return placed


def _moved(box: Box, matrix: NDArray[np.float64]) -> Box:
    corners = np.array([[box[i], box[j], 1.0] for i in (0, 2) for j in (1, 3)]) @ matrix.T
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _words(laid: Laid, scale: float, matrix: NDArray[np.float64]) -> tuple[TruthWord, ...]:
    words = []
    for run, told in zip(laid.runs, laid.fields, strict=True):
        x, y = run.x * scale, run.y * scale
        x0, y0, x1, y1 = pen(run.style, run.size * scale).getbbox(run.text, anchor="ls")
        box = _moved((x + x0, y + y0, x + x1, y + y1), matrix)
        words.append(TruthWord(run.text, box, told, by_hand=run.colour == HAND))
    return tuple(words)


def _scan(
    laid: Laid,
    back: Laid,
    worn: wear.Wear,
    dpi: int,
    stamps: Sequence[marks.Stamp],
    rng: random.Random,
    *,
    arrival: bool,
) -> SamplePage:
    chance = np.random.default_rng(rng.randrange(1 << 30))
    scale = dpi / 72
    size = (round(A4[0] * scale), round(A4[1] * scale))
    sheet = wear.paper(size, worn.age, chance)
    page = wear.age_ink(_print(laid, dpi, sheet, rng), sheet, worn, dpi)
    if worn.through > 0:
        white = np.full_like(sheet, 255)
        page = wear.show_through(page, _print(back, dpi, white, rng), worn.through)
    if arrival:
        marks.arrival(page, (150.0, laid.free[1] + 60), scale, rng)
    placed = _stamped(page, laid, stamps, scale, rng)
    wear.crease(page, worn, chance)
    seen, matrix = wear.on_the_glass(page, worn, dpi, chance)
    return SamplePage(
        wear.encode(seen, worn), seen.shape[1], seen.shape[0], dpi, worn, _words(laid, scale, matrix),
        tuple((stamp, _moved(box, matrix)) for stamp, box in placed), not laid.runs,
        tuple(run for run in laid.runs if run.colour != HAND),
    )  # fmt: skip


def sample(
    seed: int,
    *,
    use: str = "rules",
    layout: Layout | None = None,
    type_name: str | None = None,
    condition: str | wear.Wear = "typical",
    pages: int = 1,
    paragraphs: int = 6,
    stamps: Sequence[marks.Stamp] = (),
    dpi: int = 200,
    blank_after: bool = False,
    arrival: bool = False,
) -> Sample:
    """A scanned act of a layout of `use`, or of `layout`, with `stamps` on its first page.

    A condition by name (clean, typical, bad) turns each page askew by lot within its bound; a `Wear` is taken as it
    is. `blank_after` adds the blank back of the last sheet, `arrival` the stamp of incoming papers on the first.
    """
    rng = random.Random(f"sample/{seed}")  # noqa: S311 - a look, not a secret
    of = layout or rng.choice([each for each in layouts() if each.use == use])
    act = draw_act(rng, rng.choice(of.blocks), type_name, paragraphs)
    laid = lay_out(act, of, pages)
    if blank_after:
        laid.append(Laid((), ()))
    scanned = []
    for number, leaf in enumerate(laid):
        worn = condition if isinstance(condition, wear.Wear) else wear.CONDITIONS[condition]
        if isinstance(condition, str):
            worn = replace(worn, skew=round(rng.uniform(-worn.skew, worn.skew), 3))
        first = number == 0
        scanned.append(
            _scan(leaf, laid[number - 1], worn, dpi, stamps if first else (), rng, arrival=arrival and first)
        )
    return Sample(act, of, tuple(scanned))


def pdf_of(of: Sample, *, text: bool = False, title: str = "") -> bytes:
    """The pages as a PDF that claims PDF/A-2b; `text` puts the true words under the picture (upright pages alone)."""
    pages = [
        ScannedPage(
            p.jpeg, p.width, p.height, p.dpi, p.wear.skew, p.runs if text and p.wear.turn == 0 else (),
            grey=p.wear.colours != "rgb",
        )
        for p in of.pages
    ]  # fmt: skip
    return write_pdfa(pages, Provenance(title or of.act.subject, SCANNED))
