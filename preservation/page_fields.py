"""Fields off the page: what the letterhead, the title and the signature of an act say, with place and confidence.

Written after Nghị định 30/2020/NĐ-CP and Hướng dẫn 36-HD/VPTW: the head is parted left (body, number) and right (motto,
place and date); the type stands in the middle under it, the subject below; who signs stands at the lower right of the last
page. What is unsure is not told at all: a wrong field costs more than none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from preservation.hocr import Word, lines_of, size_of
from standards.codes import code_list
from standards.vietnamese import fold, is_syllable, nfc

Box = tuple[int, int, int, int]
_MOTTOS: Final = ("cong hoa xa hoi chu nghia viet nam", "dang cong san viet nam")
_ALIKE: Final = 0.8
_GAP: Final = 1.8  # widths of a gap that parts columns, in heights of a line
_SURE: Final = 60  # Tesseract's confidence of the worst word of a field
_SURE_DIGITS: Final = 80
_SURE_LINES: Final = 50
_NUMBER: Final = re.compile(r"^[S5$][ốôổỗồóo6ó]\s*[:.;]?\s*(?P<rest>.*)$", re.I)
_GOV: Final = re.compile(
    r"^(?P<number>\d{1,5}[a-z]?)\s*/\s*(?:(?P<year>(?:19|20)\d\d)\s*/\s*)?(?P<notation>[A-ZĐƯ][A-ZĐƯa-z0-9&.-]*(?:\s*[-/]\s*[A-ZĐƯ0-9&.]+)*)$"
)
_PARTY: Final = re.compile(r"^(?P<number>\d{1,5})\s*-\s*(?P<notation>[A-ZĐ]{1,5}\s*/\s*[A-ZĐƯ0-9]+)$")
_OPEN: Final = re.compile(r"^/?\s*(?P<notation>[A-ZĐ]{1,5}\s*[-/]\s*[A-ZĐƯ0-9&.-]+)$")
_DATE: Final = re.compile(
    r"^(?:(?P<place>[^,]{2,40}),\s*)?ngày\s*(?P<day>\S*)\s*tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>(?:19|20)\d\d)\b",
    re.I,
)
_SUBJECT_ENDS: Final = re.compile(r"^(?:căn cứ|kính gửi|điều \d|phần|[IVX]+\.|\d+[.):]|thực hiện|-)", re.I)
_OFFICE: Final = re.compile(
    r"^(?:TM|KT|TL|TUQ|T/M|K/T|T/L|T/B|Q)\b|^(?:PHÓ |Q\. )?(?:CHỦ (?:TỊCH|NHIỆM)|TRƯỞNG|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|BÍ THƯ|CHÁNH|VIỆN TRƯỞNG|THỦ TRƯỞNG)\b|^PHÓ (?:BÍ THƯ|CHÁNH|TRƯỞNG)"
)
_ABOUT: Final = re.compile(r"^v/v\s*:?\s*|^về việc\s+", re.I)
_PROCEDURE: Final = re.compile(r"\bH\d{2}(?:\.\d{2,3}){1,3}-\d{6}-\d{4,6}\b")
_PERSON: Final = re.compile(r"(?:căn cước(?: công dân)?|định danh cá nhân|CCCD)\D{0,25}(\d{12})\b", re.I)
_BUSINESS: Final = re.compile(r"(?:mã số (?:doanh nghiệp|thuế|hộ kinh doanh))\D{0,15}(\d{10})\b", re.I)
_PARCEL: Final = re.compile(r"thửa(?: đất)?(?: số)?\s*(\d{1,5})\D{1,25}tờ bản đồ(?: số)?\s*(\d{1,4})\b", re.I)
_SPECKS: Final = " .,:;_-–—'\"`‘’“”„ˆ~=|¬*"
_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a page tells it: `name` as in TT 05/2025 or ours, `page` from 1, `box` in pixels of the picture that was
    read (left, top, right, bottom), `confidence` 0 to 100, `rule` which way it was found."""

    name: str
    value: str
    page: int
    box: Box
    confidence: int
    rule: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line that stand together."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return nfc(" ".join(word.text for word in self.words)).strip(_SPECKS)

    @property
    def box(self) -> Box:
        return (
            min(w.box[0] for w in self.words), min(w.box[1] for w in self.words),
            max(w.box[2] for w in self.words), max(w.box[3] for w in self.words),
        )  # fmt: skip

    @property
    def confidence(self) -> int:
        return min(word.confidence for word in self.words)

    @property
    def middle(self) -> float:
        return (self.box[0] + self.box[2]) / 2


def fields_of(pages: Mapping[int, str]) -> list[Field]:
    """The fields of an act, from the hOCR of its pages by number (from 1)."""
    if not pages:
        return []
    first, last = min(pages), max(pages)
    found: list[Field] = []
    if first == 1:
        found += _Head(pages[1]).fields()
    found += _signature(pages[last], last)
    for number, page in sorted(pages.items()):
        found += _identifiers(page, number)
    return found


def _pieces(page: str) -> list[Piece]:
    """The lines of a page from top to bottom, parted at wide gaps."""
    pieces = []
    for read in lines_of(page):
        line = [
            word for word in read if any(c.isalnum() for c in word.text)
        ]  # specks are read as dots and dashes
        if not line:
            continue
        height = sorted(w.box[3] - w.box[1] for w in line)[len(line) // 2]
        start = 0
        for at in range(1, len(line) + 1):
            if at == len(line) or line[at].box[0] - line[at - 1].box[2] > _GAP * height:
                pieces.append(Piece(tuple(line[start:at])))
                start = at
    return sorted(pieces, key=lambda piece: piece.box[1])


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", fold(text).lower()).split())


def _like(text: str, wanted: str) -> float:
    return SequenceMatcher(None, _plain(text), wanted, autojunk=False).ratio()


class _Head:
    """The first page, from the top to the subject."""

    def __init__(self, page: str) -> None:
        self.width, self.height = size_of(page)
        self.pieces = [part for piece in _pieces(page) for part in _parted_at_motto(piece)]
        top = [p for p in self.pieces if p.box[1] < 0.4 * self.height]
        self.motto = max(top, key=lambda p: max(_like(p.text, m) for m in _MOTTOS), default=None)
        if self.motto and max(_like(self.motto.text, m) for m in _MOTTOS) < _ALIKE:
            self.motto = None

    def fields(self) -> Iterator[Field]:
        """What the head tells; nothing where no motto tells where its columns are."""
        if self.motto is None:
            return
        edge = self.motto.box[0] - 0.01 * self.width
        left = [p for p in self.pieces if p.box[0] < edge and p.middle < edge]
        right = [p for p in self.pieces if p.box[0] >= edge or p.middle >= edge]
        number = next((p for p in left if _NUMBER.match(p.text) and p.box[1] < 0.35 * self.height), None)
        dated = next((p for p in right if _DATE.match(p.text)), None)
        yield from self._issuer(left, number)
        if number:
            yield from _number(number)
        if dated:
            yield from _date(dated)
        below = max(p.box[3] for p in (number, dated, self.motto) if p)
        yield from self._type_and_subject(below, left, number)

    def _issuer(self, left: Sequence[Piece], number: Piece | None) -> Iterator[Field]:
        """The lines over the number, the last of which names the body; those of its superior go before."""
        end = number.box[1] if number else 0
        lines = [p for p in left if p.box[3] <= end + 5 and _is_upper(p.text) and len(p.text) > 2]
        if lines and min(p.confidence for p in lines) >= _SURE:
            whole = Piece(tuple(word for line in lines for word in line.words))
            yield _field("organName", " ".join(p.text for p in lines), whole, "left of the motto")

    def _type_and_subject(self, below: int, left: Sequence[Piece], number: Piece | None) -> Iterator[Field]:
        centred = [p for p in self.pieces if p.box[1] > below - 5 and self._is_centred(p)]
        title = next(((p, code) for p in centred[:4] if (code := type_code(p.text))), None)
        if title:
            piece, code = title
            if piece.confidence >= _SURE:
                yield _field("typeName", code, piece, "the middle under the head")
            yield from self._subject(centred[centred.index(piece) + 1 :], piece)
            return
        about = [
            p
            for p in left
            if number and p.box[1] >= number.box[3] - 5 and p.box[1] < number.box[3] + 0.1 * self.height
        ]
        if about and _ABOUT.match(about[0].text):
            yield Field("typeName", "22", 1, about[0].box, about[0].confidence, "V/v under the number")
            yield from _joined("subject", about, "V/v under the number")

    def _subject(self, after: Sequence[Piece], title: Piece) -> Iterator[Field]:
        lines: list[Piece] = []
        bottom, height = title.box[3], title.box[3] - title.box[1]
        for piece in after:
            if (
                _SUBJECT_ENDS.match(piece.text)
                or piece.box[1] - bottom > 2.2 * height
                or not self._is_centred(piece)
            ):
                break
            lines.append(piece)
            bottom = piece.box[3]
        yield from _joined("subject", lines, "under the type")

    def _is_centred(self, piece: Piece) -> bool:
        wide = piece.box[2] - piece.box[0]
        return abs(piece.middle - self.width / 2) < 0.07 * self.width and wide < 0.8 * self.width


def _parted_at_motto(piece: Piece) -> Iterator[Piece]:
    """A line of both columns, cut where the motto begins."""
    words = piece.words
    for motto in _MOTTOS:
        count = len(motto.split())
        for at in range(1, len(words) - count + 1):
            if _like(" ".join(w.text for w in words[at : at + count]), motto) >= 0.85:
                yield Piece(words[:at])
                yield Piece(words[at:])
                return
    yield piece


def _number(piece: Piece) -> Iterator[Field]:
    """Number and notation; a number that was left open, or that a hand wrote, is not told."""
    found = _NUMBER.match(piece.text)
    rest = re.sub(r"\s*([/-])\s*", r"\1", found["rest"].strip()) if found else ""
    told = _GOV.match(rest) or _PARTY.match(rest)
    if told:
        digits = [w for w in piece.words if any(c.isdigit() for c in w.text)]
        if digits and min(w.confidence for w in digits) >= _SURE_DIGITS:
            yield _field("codeNumber", told["number"], piece, "after Số")
        notation = told["notation"]
    elif told := _OPEN.match(rest):
        notation = told["notation"]
    else:
        return
    if piece.confidence >= _SURE:
        yield _field("codeNotation", notation, piece, "after Số")


def _date(piece: Piece) -> Iterator[Field]:
    found = _DATE.match(piece.text)
    if not found or piece.confidence < 30:
        return
    if found["place"] and _sure(piece, found["place"]):
        yield _field("x_place", found["place"].strip(), piece, "before ngày")
    month, day = int(found["month"]), found["day"]
    if not 1 <= month <= 12 or not _sure(piece, found["year"]) or not _sure(piece, found["month"]):
        return
    if day.isdecimal() and 1 <= int(day) <= 31 and _sure(piece, day, _SURE_DIGITS):
        yield _field("issuedDate", f"{found['year']}-{month:02d}-{int(day):02d}", piece, "ngày tháng năm")
    else:
        yield _field("issuedDate", f"{found['year']}-{month:02d}", piece, "ngày tháng năm, day unsure")


def _sure(piece: Piece, part: str, least: int = _SURE) -> bool:
    wanted = set(part.split())
    told = [w.confidence for w in piece.words if w.text.strip(",.") in wanted]
    return bool(told) and min(told) >= least


def _joined(name: str, lines: Sequence[Piece], rule: str) -> Iterator[Field]:
    if lines and min(p.confidence for p in lines) >= _SURE_LINES:
        whole = Piece(tuple(word for line in lines for word in line.words))
        yield _field(name, _ABOUT.sub(lambda m: m[0], " ".join(p.text for p in lines)), whole, rule)


def type_code(text: str) -> str:
    """The code of a type of act that a line names, "" where it names none (TT 05/2025, typeName)."""
    plain = _plain(text)
    best, code = 0.0, ""
    for each, (name, _english) in code_list("typeName").names.items():
        alike = SequenceMatcher(None, plain, _plain(name), autojunk=False).ratio()
        if alike > best:
            best, code = alike, each
    return code if best >= 0.88 and len(plain) > 3 else ""


def _signature(page: str, number: int) -> Iterator[Field]:
    """The lines at the lower right: the office in capitals, then after the signature a name."""
    width, _height = size_of(page)
    right = [p for p in _pieces(page) if p.box[0] > 0.45 * width and p.middle > 0.55 * width]
    office = next((i for i, p in enumerate(right) if _OFFICE.match(p.text) and _is_upper(p.text)), None)
    if office is None:
        return
    lines = [right[office]]
    high = lines[0].box[3] - lines[0].box[1]
    above = [
        p for p in right[:office] if abs(p.middle - lines[0].middle) < 0.08 * width and _is_upper(p.text)
    ]
    if above and lines[0].box[1] - above[-1].box[3] < 1.5 * high:
        return  # it began earlier, with a line that is not understood
    below = [p for p in right[office + 1 :] if abs(p.middle - lines[0].middle) < 0.08 * width]
    for piece in below:
        if not _is_upper(piece.text) or piece.box[1] - lines[-1].box[3] > 2 * high:
            break
        lines.append(piece)
    whole = Piece(tuple(word for line in lines for word in line.words))
    if whole.confidence >= _SURE:
        yield _field("x_signer_title", " ".join(p.text for p in lines), whole, "over the signature", number)
    names = [p for p in below[len(lines) - 1 :] if _is_name(p.text) and p.confidence >= _SURE]
    if names:
        yield _field("x_signer", names[-1].text, names[-1], "under the signature", number)


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(w.istitle() and is_syllable(w) for w in words)


def _is_upper(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _identifiers(page: str, number: int) -> Iterator[Field]:
    """Codes that the text of results of administrative procedures carries."""
    words = [word for line in lines_of(page) for word in line]
    text = nfc(" ".join(word.text for word in words))
    for name, pattern in (
        ("x_procedure", _PROCEDURE),
        ("x_person", _PERSON),
        ("x_business", _BUSINESS),
        ("x_parcel", _PARCEL),
    ):
        for found in pattern.finditer(text):
            value = "/".join(found.groups()) or found[0]
            if name == "x_business" and not _is_tax_code(value):
                continue
            covered = _covered(words, *found.span())
            if covered and covered.confidence >= _SURE:
                yield _field(name, value, covered, "by its words", number)
            break


def _covered(words: Sequence[Word], start: int, end: int) -> Piece | None:
    at, inside = 0, []
    for word in words:
        if at < end and at + len(nfc(word.text)) > start:
            inside.append(word)
        at += len(nfc(word.text)) + 1
    return Piece(tuple(inside)) if inside else None


def _is_tax_code(digits: str) -> bool:
    check = 10 - sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False)) % 11
    return check == int(digits[9])


def _field(name: str, value: str, piece: Piece, rule: str, page: int = 1) -> Field:
    return Field(name, value, page, piece.box, piece.confidence, rule)
