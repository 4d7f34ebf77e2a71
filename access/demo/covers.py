"""The two papers of a hồ sơ that no row of the sheet names: its cover, and the list of its documents."""

from collections.abc import Sequence

from access.demo.fonds import DemoDocument, DemoFile, words
from access.demo.layout import LEFT, RIGHT, Block, Run, place
from access.demo.letter import Leaf, Marks

LIST_COLUMNS = (
    (85.0, 24.0),
    (112.0, 92.0),
    (208.0, 62.0),
    (274.0, 232.0),
    (512.0, 32.0),
)  # (left, width), points
LIST_TITLES = ("STT", "Số, ký hiệu", "Ngày tháng", "Trích yếu nội dung", "Trang")


def _stack(blocks: list[Block], top: float) -> tuple[list[Run], float]:
    runs, y = [], top
    for block in blocks:
        lines, y = place(block, LEFT, RIGHT - LEFT, y)
        runs += [run for line in lines for run in line]
    return runs, y


def cover_leaf(file: DemoFile) -> Leaf:
    """The cover: fonds, title, dates, retention, place in the store."""
    fonds = words()["fonds"]
    blocks = [
        Block("PHÔNG " + fonds["name"].upper(), "centre", "Bold", 13.0, 40.0),
        Block("HỒ SƠ", "centre", "Bold", 26.0, 120.0),
        Block(f"Số và ký hiệu: {file.notation}", "centre", size=14.0, before=12.0),
        Block(file.title, "centre", "Bold", 16.0, 30.0),
        Block(f"Từ ngày {file.start} đến ngày {file.end}", "centre", "Italic", 14.0, 30.0),
        Block(f"Gồm: {file.papers} tờ", "centre", size=13.0, before=16.0),
        Block(f"Mục lục số: {fonds['inventory']}     Hộp số: {file.box}", "left", size=13.0, before=120.0),
        Block(f"Thời hạn bảo quản: {file.maintenance}", "left", "Bold", 13.0, 6.0),
    ]
    runs, _ = _stack(blocks, 60.0)
    frame = (
        (62.0, 50.0, 560.0, 50.0),
        (560.0, 50.0, 560.0, 790.0),
        (560.0, 790.0, 62.0, 790.0),
        (62.0, 790.0, 62.0, 50.0),
    )
    return Leaf(tuple(runs), Marks(rules=frame))


def _row(cells: Sequence[str], top: float, style: str = "Regular") -> tuple[list[Run], float]:
    runs: list[Run] = []
    below = top
    for cell, (left, width) in zip(cells, LIST_COLUMNS, strict=True):
        if cell:
            lines, end = place(Block(cell, "left", style, 10.5, 3.0), left, width, top)
            runs += [run for line in lines for run in line]
            below = max(below, end)
    return runs, below + 6.0


def list_leaf(file: DemoFile, documents: Sequence[DemoDocument]) -> Leaf:
    """The list of the documents of a hồ sơ, a line each."""
    title = [
        Block("MỤC LỤC VĂN BẢN, TÀI LIỆU", "centre", "Bold", 14.0, 10.0),
        Block(f"Hồ sơ số {file.notation}, hộp số {file.box}", "centre", "Italic", 12.0, 4.0),
    ]
    runs, y = _stack(title, 60.0)
    rules = [(LEFT - 4, y + 10, RIGHT + 4, y + 10)]
    header, y = _row(LIST_TITLES, y + 10, "Bold")
    rules.append((LEFT - 4, y, RIGHT + 4, y))
    runs += header
    for document in documents:
        number = f"{document.number}/{document.notation.lstrip('/ ')}" if document.number else ""
        cells = (str(document.order), number, document.date, document.subject, str(document.pages))
        line, y = _row(cells, y)
        runs += line
        rules.append((LEFT - 4, y, RIGHT + 4, y))
    return Leaf(tuple(runs), Marks(rules=tuple(rules)))
