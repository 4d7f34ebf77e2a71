"""From an act to placed words: the letterheads of Nghị định 30/2020/NĐ-CP and of Hướng dẫn 36-HD/VPTW.

What differs between two layouts is data (data/layouts.toml): fonts, measures, places, and how number and date stand.
"""

import functools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from itertools import cycle
from typing import Any

from access.demo.layout import A4, LEFT, RIGHT, Block, Run, paginate, place
from access.samples.content import Act

Column = tuple[float, float]
Rule = tuple[float, float, float, float]
HAND = "hand"  # the style of words that are written by hand and not typeset


@dataclass(frozen=True, slots=True)
class Layout:
    """A template. Columns are (left, width) in points.

    `number` is a pattern over {n} number, {k} notation, {t} type, {c} body; `hand_*` are written by hand, `blank_*`
    left open; `page_number` is top, bottom-centre or bottom-right; `receivers` full, small or none.
    """

    name: str
    use: str
    blocks: tuple[str, ...]
    font: str = "serif"
    size: float = 13.0
    left: Column = (62.0, 200.0)
    right: Column = (268.0, 276.0)
    head_top: float = 44.0
    number: str = "Số: {n}/{k}"
    motto: tuple[str, ...] = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    star: bool = False
    title_size: float = 14.0
    title_case: bool = False
    subject_style: str = "Bold"
    spacing: float = 1.32
    date_gap: float = 12.0
    page_number: str = "top"
    receivers: str = "full"
    age: float = 0.3
    hand_number: bool = False
    hand_day: bool = False
    blank_number: bool = False
    blank_day: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """A page of placed words. `fields` names by the index of a run what it tells; lines and centres in points.

    `free` is the place under the number, where urgency and secrecy marks are stamped.
    """

    runs: tuple[Run, ...]
    fields: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    stamp: tuple[float, float] | None = None
    signature: tuple[float, float] | None = None
    free: tuple[float, float] = (160.0, 150.0)


@functools.cache
def layouts() -> tuple[Layout, ...]:
    """Every layout of data/layouts.toml."""
    text: str = resources.files("access.samples").joinpath("data/layouts.toml").read_text("utf-8")
    return tuple(_layout(name, told) for name, told in tomllib.loads(text).items())


def _layout(name: str, told: dict[str, Any]) -> Layout:
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in told.items()}
    return Layout(name=name, **values)


def layout(name: str) -> Layout:
    """The layout of a name. Raises KeyError."""
    return {each.name: each for each in layouts()}[name]


@dataclass(slots=True)
class _Writer:
    """Collects runs with the field that each belongs to."""

    of: Layout
    runs: list[Run]
    fields: list[str]

    def style(self, own: str) -> str:
        return f"{self.of.font}/{own}"

    def add(self, lines: Iterable[tuple[str, Block]], column: Column, top: float) -> float:
        y = top
        for field, block in lines:
            placed, y = place(replace(block, style=self.style(block.style)), *column, y)
            for run in (run for line in placed for run in line):
                self.runs.append(run)
                self.fields.append(field)
        return y


def _centred(text: str, style: str = "Regular", size: float = 12.0, before: float = 0.0) -> Block:
    return Block(text, align="centre", style=style, size=size, before=before)


def _number_line(act: Act, of: Layout) -> str:
    number = "        " if of.blank_number else act.number
    return of.number.format(n=number, k=act.notation, t=act.type_short, c=act.code)


def _date_line(act: Act, of: Layout) -> str:
    day = "……" if of.blank_day else act.day
    return f"{act.place}, ngày {day} tháng {act.month} năm {act.date[:4]}"


def _by_hand(runs: list[Run], fields: list[str], field: str, text: str) -> None:
    """Marks the first run of a field that holds `text` as written by hand."""
    for index, (run, told) in enumerate(zip(runs, fields, strict=True)):
        if told == field and text in run.text:
            runs[index] = replace(run, colour=HAND)
            return


def _head(act: Act, of: Layout) -> tuple[_Writer, float, tuple[Rule, ...], tuple[float, float]]:
    """The two columns over the text; where they end; the lines under them; where marks are stamped."""
    out = _Writer(of, [], [])
    small = of.size - 1
    agency = [
        ("issuer", _centred(line, "Bold" if i else "Regular", small)) for i, line in enumerate(act.head)
    ]
    agency_end = out.add(agency, of.left, of.head_top)
    if of.star:
        agency_end = out.add([("", _centred("*", "Bold", small))], of.left, agency_end)
    left = [("number", _centred(_number_line(act, of), size=small, before=8.0))]
    if act.type_short == "CV":
        left.append(("subject", _centred(act.subject, size=small - 1, before=2.0)))
    left_end = out.add(left, of.left, agency_end)
    motto = [("", _centred(line, "Bold", small + i)) for i, line in enumerate(of.motto)]
    motto_end = out.add(motto, of.right, of.head_top)
    dated = [("date", _centred(_date_line(act, of), "Italic", of.size, of.date_gap))]
    right_end = out.add(dated, of.right, motto_end)
    middle = of.right[0] + of.right[1] / 2
    rules = [(middle - 70, motto_end + 5, middle + 70, motto_end + 5)]
    if not of.star:
        middle = of.left[0] + of.left[1] / 2
        rules.append((middle - 30, agency_end + 4, middle + 30, agency_end + 4))
    if of.hand_number:
        _by_hand(out.runs, out.fields, "number", act.number)
    if of.hand_day:
        _by_hand(out.runs, out.fields, "date", act.day)
    free = (of.left[0] + of.left[1] / 2, left_end + 20)
    return out, max(left_end, right_end), tuple(rules), free


def _title(act: Act, of: Layout) -> list[tuple[str, Block]]:
    if act.type_short == "CV":
        return [("", Block("Kính gửi: Các đơn vị có liên quan", "centre", size=of.size, before=34.0))]
    name = act.type_name if of.title_case else act.type_name.upper()
    return [
        ("type", _centred(name, "Bold", of.title_size, 34.0)),
        ("subject", _centred(act.subject, of.subject_style, of.size, 2.0)),
    ]


def _text(act: Act, of: Layout) -> list[tuple[str, Block]]:
    blocks = _title(act, of)
    if act.type_short in ("QĐ", "NQ"):
        blocks += [("", Block(line, "justify", "Italic", of.size, 4.0, 28.0)) for line in act.bases]
        blocks.append(("", _centred(f"{act.type_name.upper()}:", "Bold", of.size, 8.0)))
    for number, paragraph in enumerate(act.paragraphs, start=1):
        lead = f"Điều {number}. " if act.type_short == "QĐ" else f"{number}. "
        blocks.append(("", Block(lead + paragraph, "justify", "Regular", of.size, 5.0, 28.0)))
    return blocks


def _paged(out: _Writer, blocks: list[tuple[str, Block]], top: float, pages: int) -> list[_Writer]:
    """The text over as many pages as were asked for: its paragraphs again where the act is too short."""
    styled = [(field, replace(block, style=out.style(block.style))) for field, block in blocks]
    body = [block for _field, block in styled]
    fill = cycle([b for b in body if b.align == "justify"] or body)
    placed, y = paginate([], top, body)
    while len(placed) < pages or (len(placed) == pages > 1 and y < 300):
        body.append(next(fill))
        placed, y = paginate([], top, body)
    named = _fields_of(styled)
    writers = []
    for number, runs in enumerate(placed):
        writer = out if number == 0 else _Writer(out.of, [], [])
        for run in runs:
            writer.runs.append(replace(run, style=run.style if "/" in run.style else out.style(run.style)))
            writer.fields.append(next(named, ("", ""))[1] if number == 0 else "")
        writers.append(writer)
    return writers


def _fields_of(styled: list[tuple[str, Block]]) -> Iterator[tuple[str, str]]:
    return iter([(word, field) for field, block in styled for word in block.text.split()])


def _move_page_numbers(writers: list[_Writer], of: Layout) -> None:
    """From the second page on the first run is the number of the page; it stands where the layout wants it."""
    for writer in writers[1:]:
        x = RIGHT - 8 if of.page_number == "bottom-right" else A4[0] / 2
        if of.page_number != "top":
            writer.runs[0] = replace(writer.runs[0], x=x, y=810.0)


def _closing(act: Act, of: Layout, out: _Writer, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Office, signature and name at the right, receivers at the left; the centres of stamp and signature."""
    office = [("office", _centred(line, "Bold", of.size)) for line in act.office]
    end = out.add(office, (310.0, 234.0), y + 10.0)
    out.add([("signer", _centred(act.signer, "Bold", of.size))], (310.0, 234.0), end + 62.0)
    if of.receivers != "none":
        size = 10.0 if of.receivers == "small" else 11.0
        lines = [("", Block("Nơi nhận:", "left", "BoldItalic", size + 1, 0.0))]
        lines += [("", Block(line, "left", "Regular", size, 0.0)) for line in act.receivers]
        out.add(lines, (LEFT, 190.0), y + 10.0)
    return (390.0, end + 40.0), (428.0, end + 40.0)


def lay_out(act: Act, of: Layout, pages: int = 1) -> list[Laid]:
    """The pages of an act in a layout; at least `pages`, more where the text needs them."""
    out, top, rules, free = _head(act, of)
    writers = _paged(out, _text(act, of), top, pages)
    _move_page_numbers(writers, of)
    last = writers[-1]
    end = max((run.y for run in last.runs if run.y < 790), default=60.0)
    if end > 660:
        last = _Writer(of, [], [])
        writers.append(last)
        end = 80.0
    stamp, signature = _closing(act, of, last, end)
    return [
        Laid(
            tuple(w.runs), tuple(w.fields), rules if w is writers[0] else (),
            stamp if w is last else None, signature if w is last else None, free,
        )
        for w in writers
    ]  # fmt: skip
