"""hOCR (version 1.2): what Tesseract read, with the place of each word, as one XHTML document a file.

hOCR is kept beside every two-layer PDF that Kho makes, and the index is filled from it: the text layer of a PDF has no
lines, and its order is a reader's guess.
"""

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(
    r"<span class='ocrx_word'[^>]*title='bbox (\d+) (\d+) (\d+) (\d+); x_wconf (\d+)'[^>]*>(.*?)</span>", re.S
)
_LINE: Final = re.compile(r"<span class='(?:ocr_line|ocr_header|ocr_caption|ocr_textfloat)'")
_PARAGRAPH: Final = re.compile(r"<p class='ocr_par'")
_PAGE: Final = re.compile(r"(<div class='ocr_page')[^>]*?( title=')([^']*)'")
_PAGE_OF: Final = re.compile(r"<div class='ocr_page' id='page_(\d+)'")
_BOX: Final = re.compile(r"\bbbox (\d+) (\d+) (\d+) (\d+)")
_COLUMN: Final = 1.5  # widths of a gap between columns, in heights of the word before it
_LONG_WORD: Final = 3
_TAGS: Final = re.compile(r"<[^>]*>")
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>{title}</title>
<meta charset="utf-8"/>
<meta name="ocr-system" content="{system}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"/>
</head>
<body>
"""
_TAIL: Final = "</body>\n</html>\n"
MIME: Final = "application/gzip"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its box in pixels of the picture that was read (left, top, right, bottom), its confidence 0 to 100."""

    text: str
    box: tuple[int, int, int, int]
    confidence: int


def words_of(page: str) -> Iterator[Word]:
    """The words of a page's hOCR in their order; what is blank is none."""
    for left, top, right, bottom, confidence, inside in _WORD.findall(page):
        text = unescape(_TAGS.sub("", inside)).strip()
        if text:
            yield Word(text, (int(left), int(top), int(right), int(bottom)), int(confidence))


def text_of(page: str) -> str:
    """The text of a page: a line of the picture is a line, a tab a gap as between columns or boxes (a mark that stands
    alone stays alone), an empty line parts paragraphs."""
    paragraphs = []
    for paragraph in _PARAGRAPH.split(page)[1:]:
        lines = (_line_text(list(words_of(line))) for line in _LINE.split(paragraph)[1:])
        paragraphs.append("\n".join(line for line in lines if line))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _line_text(words: Sequence[Word]) -> str:
    text = words[0].text if words else ""
    for before, word in pairwise(words):
        gap, height = word.box[0] - before.box[2], before.box[3] - before.box[1]
        text += ("\t" if gap > _COLUMN * height else " ") + word.text
    return text


def lines_of(page: str) -> Iterator[list[Word]]:
    """The words of each line of a page, in Tesseract's order of lines."""
    for line in _LINE.split(page)[1:]:
        words = list(words_of(line))
        if words:
            yield words


def lies_sideways(page: str) -> bool:
    """Whether the words of a page run from top to bottom: Tesseract reads them, but the page is on its side."""
    long = [word.box for word in words_of(page) if len(word.text) >= _LONG_WORD]
    tall = sum(bottom - top > right - left for left, top, right, bottom in long)
    return tall * 2 > len(long)


def size_of(page: str) -> tuple[int, int]:
    """Width and height in pixels of the picture that a page's hOCR is about."""
    found = _BOX.search(page)
    return (int(found[3]), int(found[4])) if found else (0, 0)


def of_page(page: str, number: int, dpi: int, turn: int, languages: Sequence[str]) -> str:
    """The hOCR of page `number` (from 1) of a document, with what was done to its picture before it was read."""
    told = f"ppageno {number - 1}; scan_res {dpi} {dpi}; x_languages {'+'.join(languages)}; x_turned {turn}"

    def head(found: re.Match[str]) -> str:
        box = _BOX.search(found[3])
        return f"{found[1]} id='page_{number}'{found[2]}{box[0] if box else ''}; {told}'"

    # Tesseract numbers everything from 1 on each page; ids are unique in a document.
    return _PAGE.sub(head, re.sub(r"(?<= id=')(?!page_)", f"p{number}_", page.strip() + "\n"), count=1)


def document(pages: Iterable[str], title: str, system: str) -> bytes:
    """The pages as one XHTML document, compressed (gzip, without name and time: the same pages, the same bytes)."""
    text = _HEAD.format(title=escape(title), system=escape(system)) + "".join(pages) + _TAIL
    return gzip.compress(text.encode(), 9, mtime=0)


def pages_of(compressed: bytes) -> dict[int, str]:
    """The hOCR of each page by its number (from 1), out of a document that Kho keeps. Raises OSError, ValueError."""
    text = gzip.decompress(compressed).decode()
    starts = list(_PAGE_OF.finditer(text))
    ends = [*(found.start() for found in starts[1:]), text.rfind(_TAIL)]
    return {int(found[1]): text[found.start() : end] for found, end in zip(starts, ends, strict=True)}
