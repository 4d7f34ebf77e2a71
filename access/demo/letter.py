"""From a document to placed words: the letterhead of Nghị định 30/2020/NĐ-CP, text, signature."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice
from typing import Any

from access.demo.fonds import DemoDocument, words
from access.demo.layout import BOTTOM, LEFT, RIGHT, Block, Run, paginate, place

NOTICE = "Bản minh họa, không phải văn bản thật"
SIGNATURE_HEIGHT = 130.0  # points
SHORT_LETTER = 3  # paragraphs added to a letter of one page
GENERAL_THEMES = ("hanh-chinh", "luu-tru")
LEFT_COLUMN, RIGHT_COLUMN = (62.0, 200.0), (268.0, 276.0)  # (left, width) in points


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn and not written on a page, in points.

    `stamp` and `signature` are centres; `rules` are (x1, y1, x2, y2) lines; `sketch` asks for a map or a
    drawing; `secrecy` is the box of a secrecy mark.
    """

    rules: tuple[tuple[float, float, float, float], ...] = ()
    stamp: tuple[float, float] | None = None
    signature: tuple[float, float] | None = None
    sketch: str = ""
    secrecy: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page ready to be drawn: its words and its marks."""

    runs: tuple[Run, ...]
    marks: Marks


def _column(lines: list[Block], column: tuple[float, float], top: float) -> tuple[list[Run], float]:
    runs, y = [], top
    for block in lines:
        placed, y = place(block, *column, y)
        runs += [run for line in placed for run in line]
    return runs, y


def _centred(text: str, style: str = "Regular", size: float = 12.0, before: float = 0.0) -> Block:
    return Block(text, align="centre", style=style, size=size, before=before)


def _date_line(document: DemoDocument, place_name: str) -> str:
    day, month, year = (part or "…" for part in document.date_parts)
    return f"{place_name}, ngày {day} tháng {month} năm {year}"


def _number_line(document: DemoDocument) -> list[Block]:
    notation = document.notation.lstrip("/ ")
    if not document.number:
        return []
    lines = [_centred(f"Số: {document.number}/{notation}", before=10.0)]
    if document.type_name == "Công văn":
        lines.append(_centred("V/v " + document.subject.removeprefix("Về việc "), size=11.0, before=2.0))
    return lines


def _head(document: DemoDocument, organ: dict[str, Any]) -> tuple[list[Run], float, Marks]:
    """The two columns over the text: the agency at the left, the national title and motto at the right."""
    agency = [
        _centred(line, "Bold" if i == len(organ["head"]) - 1 else "Regular")
        for i, line in enumerate(organ["head"])
    ]
    left, agency_end = _column(agency, LEFT_COLUMN, 44.0)
    below, left_end = _column(_number_line(document), LEFT_COLUMN, agency_end)
    motto = [
        _centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Bold"),
        _centred("Độc lập - Tự do - Hạnh phúc", "Bold", 13.0),
    ]
    right, motto_end = _column(motto, RIGHT_COLUMN, 44.0)
    date, right_end = _column(
        [_centred(_date_line(document, organ["place"]), "Italic", 13.0, 12.0)], RIGHT_COLUMN, motto_end
    )
    rules = [(334.0, motto_end + 5, 478.0, motto_end + 5)]
    if agency:
        rules.append((132.0, agency_end + 5, 192.0, agency_end + 5))
    return left + below + right + date, max(left_end, right_end), Marks(rules=tuple(rules))


def _title(document: DemoDocument) -> list[Block]:
    if document.type_name == "Công văn":
        return [
            Block(
                "Kính gửi: Ủy ban nhân dân các xã, thị trấn và các đơn vị có liên quan", "centre", before=16.0
            )
        ]
    if document.form == "form" or document.type_name == "Khác":
        return [Block(document.subject.upper(), "centre", "Bold", 14.0, 18.0)]
    subject = document.subject.removeprefix(document.type_name).strip()
    title = [Block(document.type_name.upper(), "centre", "Bold", 14.0, 18.0)]
    return (
        [*title, Block(subject[:1].upper() + subject[1:], "centre", "Bold", 13.5, 2.0)] if subject else title
    )


def _opening(document: DemoDocument) -> list[Block]:
    """The title and the paragraphs that are the document's own, after the legal basis of its type."""
    blocks = _title(document)
    blocks += [Block(line, style="Italic", indent=28.0) for line in _of_type(document, "basis")]
    if document.type_name == "Quyết định":
        blocks.append(Block("QUYẾT ĐỊNH:", "centre", "Bold", before=8.0))
    indent = 0.0 if document.form == "form" else 28.0
    return blocks + [Block(paragraph, indent=indent, before=5.0) for paragraph in document.own_paragraphs]


def _of_type(document: DemoDocument, what: str) -> list[str]:
    return list(words()["types"].get(document.type_name, {}).get(what, []))


def _filling(document: DemoDocument) -> Iterator[Block]:
    """Numbered paragraphs for longer documents: first of its theme, then of the general ones, without end."""
    themes = words()["themes"]
    banks = [
        themes[document.theme],
        *(themes[general] for general in GENERAL_THEMES if general != document.theme),
    ]
    for number, paragraph in enumerate(cycle(chain(*banks)), start=1):
        yield Block(f"{number}. {paragraph}", indent=28.0, before=5.0)


def text_blocks(document: DemoDocument, head: list[Run], top: float) -> list[Block]:
    """Title, text and closing words, filled until the letter has `document.pages` pages."""
    close = [Block(paragraph, indent=28.0, before=5.0) for paragraph in _of_type(document, "close")]
    blocks = _opening(document)
    filling = _filling(document) if document.pages > 1 else islice(_filling(document), SHORT_LETTER)
    if document.form == "form" and document.pages == 1:
        return blocks
    for block in filling:
        pages, y = paginate(head, top, [*blocks, block, *close])
        if (len(pages), y) > (document.pages, BOTTOM - SIGNATURE_HEIGHT):
            break
        blocks.append(block)
    return [*blocks, *close]


def _signature(organ: dict[str, Any], y: float) -> tuple[list[Run], Marks]:
    lines = [_centred(line, "Bold", 13.0) for line in organ["signer"]]
    runs, end = _column(lines, (310.0, 234.0), y + 8.0)
    left: list[Run] = []
    if organ["head"]:
        receivers = [
            Block("Nơi nhận:", "left", "BoldItalic", 11.5, 0.0),
            Block("- Như trên;", "left", "Regular", 10.5, 0.0),
            Block("- Lưu: VT.", "left", "Regular", 10.5, 0.0),
        ]
        left, _ = _column(receivers, (LEFT, 180.0), y + 8.0)
    stamp = (392.0, end + 40.0) if organ["head"] else None
    return runs + left, Marks(stamp=stamp, signature=(430.0, end + 42.0))


def _notice() -> list[Run]:
    runs, _ = _column([_centred(NOTICE, "Italic", 8.5)], (LEFT, RIGHT - LEFT), 806.0)
    return runs


def _secrecy() -> tuple[list[Run], tuple[float, float, float, float]]:
    runs, y = _column([Block("MẬT", "centre", "Bold", 15.0, 0.0, colour="red")], (120.0, 84.0), 104.0)
    return runs, (130.0, y - 17.0, 194.0, y + 6.0)


def leaves(document: DemoDocument) -> list[Leaf]:
    """The pages of a document, ready to be drawn."""
    organ = words()["organs"][document.organ]
    head, top, first = _head(document, organ)
    if document.form in ("map", "drawing"):
        runs, _ = _column(_title(document), (LEFT, RIGHT - LEFT), top)
        return [Leaf((*head, *runs, *_notice()), Marks(rules=first.rules, sketch=document.form))]
    pages, y = paginate(head, top, text_blocks(document, head, top))
    signed, closing = _signature(organ, y)
    pages[-1] += signed
    secret = _secrecy() if document.mode == "Mật" else None
    if secret:
        pages[0] += secret[0]
    return [
        Leaf(
            (*runs, *_notice()),
            Marks(
                rules=first.rules if number == 1 else (),
                stamp=closing.stamp if number == len(pages) else None,
                signature=closing.signature if number == len(pages) else None,
                secrecy=secret[1] if secret and number == 1 else None,
            ),
        )
        for number, runs in enumerate(pages, start=1)
    ]
