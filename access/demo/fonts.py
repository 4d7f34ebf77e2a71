"""Fonts of the demo's scans: a family with every Vietnamese letter, its widths, one embeddable subset."""

import functools
import io
import string
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import ImageFont

from standards.errors import KhoError

VIETNAMESE = (
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
)
LETTERS = string.ascii_letters + string.digits + string.punctuation + " " + VIETNAMESE + "–—“”…°²"
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
_FONTS = "/usr/share/fonts/truetype"
_SERIF = (
    (f"{_FONTS}/liberation2", "LiberationSerif-{}.ttf"),
    (f"{_FONTS}/croscore", "Tinos-{}.ttf"),
    (f"{_FONTS}/dejavu", "DejaVuSerif-{}.ttf"),
)
# A style is "Bold", or "charis/Bold" for that style of another family.
FAMILIES = {
    "serif": _SERIF,
    "sans": ((f"{_FONTS}/liberation2", "LiberationSans-{}.ttf"),),
    "mono": ((f"{_FONTS}/liberation2", "LiberationMono-{}.ttf"),),
    "dejavu": ((f"{_FONTS}/dejavu", "DejaVuSerif-{}.ttf"),),
    "charis": ((f"{_FONTS}/charis", "CharisSIL-{}.ttf"),),
    "gentium": ((f"{_FONTS}/gentiumplus", "GentiumPlus-{}.ttf"),),
}
DEJAVU_NAMES = {"DejaVuSerif-Regular.ttf": "DejaVuSerif.ttf"}
_PACKAGES = {
    "dejavu": "fonts-dejavu-core, fonts-dejavu-extra",
    "charis": "fonts-sil-charis",
    "gentium": "fonts-sil-gentiumplus",
}


class NoVietnameseFont(KhoError):
    """A font family with all Vietnamese letters is not installed."""

    code = "no-vietnamese-font"
    vi = "Máy chưa có phông chữ ({family}) đủ chữ tiếng Việt để tạo bản quét mẫu. Hãy cài {remedy}."
    en = "No installed font ({family}) has all Vietnamese letters for the sample scans. Install {remedy}."


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One style of the family: its file and the advance of each letter, in parts of the type size."""

    path: Path
    advances: dict[str, float]

    def width(self, text: str, size: float) -> float:
        """How wide `text` is, in the unit of `size`; a letter outside LETTERS raises KeyError."""
        return size * _share(self, text)


@functools.lru_cache(maxsize=20000)
def _share(of: Face, text: str) -> float:
    return sum(of.advances[letter] for letter in text)


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """The subset that every text layer embeds: TrueType bytes, glyph id by letter, widths in 1/1000."""

    name: str
    program: bytes
    glyphs: dict[str, int]
    widths: tuple[int, ...]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int


def _faces_of(folder: str, pattern: str) -> dict[str, Path]:
    names = {style: pattern.format(style) for style in STYLES}
    return {style: Path(folder) / DEJAVU_NAMES.get(name, name) for style, name in names.items()}


def _has_all_letters(path: Path) -> bool:
    if not path.is_file():
        return False
    with TTFont(path, lazy=True) as font:
        known = font.getBestCmap()
    return all(ord(letter) in known for letter in LETTERS)


@functools.cache
def family(name: str = "serif") -> dict[str, Path]:
    """The file of each style of a family of FAMILIES. Raises NoVietnameseFont."""
    for folder, pattern in FAMILIES[name]:
        faces = _faces_of(folder, pattern)
        if all(_has_all_letters(path) for path in faces.values()):
            return faces
    raise NoVietnameseFont(family=name, remedy=_PACKAGES.get(name, "fonts-liberation2"))


@functools.cache
def face(style: str) -> Face:
    """The face of a style: Regular, Bold, Italic, BoldItalic, or one of those of another family ("sans/Bold")."""
    of, _slash, own = style.rpartition("/")
    path = family(of or "serif")[own]
    with TTFont(path, lazy=True) as font:
        cmap, metrics, unit = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        return Face(path, {letter: metrics[cmap[ord(letter)]][0] / unit for letter in LETTERS})


@functools.lru_cache(maxsize=64)
def pen(style: str, pixels: float) -> ImageFont.FreeTypeFont:
    """The face for drawing; laid out letter by letter, so that widths are those of the text layer."""
    return ImageFont.truetype(face(style).path, pixels, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def embedded() -> EmbeddedFont:
    """The regular face cut down to LETTERS: the same bytes in every PDF of a delivery."""
    font = TTFont(face("Regular").path, recalcTimestamp=False)
    name = str(font["name"].getDebugName(6))
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2, 6])
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF"]
    cutter = Subsetter(options)
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return _described(name, font, out.getvalue())


def _described(name: str, font: TTFont, program: bytes) -> EmbeddedFont:
    head, hhea = font["head"], font["hhea"]
    unit = 1000 / head.unitsPerEm
    cmap, order = font.getBestCmap(), font.getGlyphOrder()
    return EmbeddedFont(
        name=f"KHODEM+{name}",
        program=program,
        glyphs={letter: font.getGlyphID(cmap[ord(letter)]) for letter in LETTERS},
        widths=tuple(round(font["hmtx"][glyph][0] * unit) for glyph in order),
        box=(
            round(head.xMin * unit),
            round(head.yMin * unit),
            round(head.xMax * unit),
            round(head.yMax * unit),
        ),
        ascent=round(hhea.ascent * unit),
        descent=round(hhea.descent * unit),
    )
