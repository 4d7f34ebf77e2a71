"""Writes scanned pages as a two-layer PDF/A-2b (ISO 19005-2): the picture, and the words under it, invisible.

Text is set in rendering mode 3, each word at its place on the turned page, with a ToUnicode map.
"""

import functools
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from PIL import ImageCms

from access.demo.fonts import embedded, face
from access.demo.layout import A4, Run
from access.demo.scan import ScannedPage

SCANNER = "Kho demo scanner"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the file says of itself: its title, and when it was scanned (RFC 3339 with offset)."""

    title: str
    created: str


@functools.cache
def _srgb() -> bytes:
    """An sRGB profile whose date is fixed, so that the same page gives the same bytes."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes.fromhex("07e8 0001 0001 0000 0000 0000") + profile[36:]


def _xmp(about: Provenance) -> bytes:
    title = about.title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 pdfaid:part="2" pdfaid:conformance="B" xmp:CreatorTool="{SCANNER}" xmp:CreateDate="{about.created}"
 xmp:ModifyDate="{about.created}" pdf:Producer="{SCANNER}">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


@functools.cache
def _to_unicode() -> bytes:
    pairs = [f"<{gid:04X}> <{ord(letter):04X}>" for letter, gid in embedded().glyphs.items()]
    blocks = [pairs[i : i + 100] for i in range(0, len(pairs), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{maps}
endcmap
CMapName currentdict /CMap defineresource pop
end
end""".encode("ascii")


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    font = embedded()
    name = pikepdf.Name("/" + font.name)
    program = pdf.make_stream(font.program, Length1=len(font.program))
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=list(font.box), ItalicAngle=0,
        Ascent=font.ascent, Descent=font.descent, CapHeight=662, StemV=80, FontFile2=program,
    )  # fmt: skip
    identity = pikepdf.String("Identity")
    system = pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=identity, Supplement=0)
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=name, CIDSystemInfo=system,
        CIDToGIDMap=pikepdf.Name.Identity, FontDescriptor=pdf.make_indirect(descriptor), DW=1000,
        W=[0, list(font.widths)],
    )  # fmt: skip
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"), DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=pdf.make_stream(_to_unicode()),
        )
    )  # fmt: skip


def _word(run: Run, cos: float, sin: float) -> str:
    """The operators of one word: its matrix follows the page's skew, its scale the style that was drawn."""
    dx, dy = run.x - A4[0] / 2, A4[1] / 2 - run.y
    x, y = A4[0] / 2 + dx * cos - dy * sin, A4[1] / 2 + dx * sin + dy * cos
    stretch = 100 * run.width / face("Regular").width(run.text, run.size)
    text = run.text if run.ends_line else run.text + " "
    codes = "".join(f"{embedded().glyphs[letter]:04X}" for letter in text)
    return (
        f"/F1 {run.size:g} Tf {stretch:.2f} Tz "
        f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.2f} {y:.2f} Tm <{codes}> Tj"
    )


def _page_size(page: ScannedPage) -> tuple[float, float]:
    """In points: A4, or what the pixels make where the page lay otherwise on the glass."""
    wide, high = page.width * 72 / page.dpi, page.height * 72 / page.dpi
    return A4 if abs(wide - A4[0]) < 1 and abs(high - A4[1]) < 1 else (round(wide, 2), round(high, 2))


def _content(page: ScannedPage) -> bytes:
    cos, sin = math.cos(math.radians(page.skew)), math.sin(math.radians(page.skew))
    text = "\n".join(_word(run, cos, sin) for run in page.runs)
    wide, high = _page_size(page)
    return f"q {wide} 0 0 {high} 0 0 cm /Im1 Do Q\nBT 3 Tr\n{text}\nET".encode("ascii")


def _add_page(pdf: pikepdf.Pdf, page: ScannedPage, font: pikepdf.Object) -> None:
    image = pikepdf.Stream(
        pdf, page.jpeg, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
        Width=page.width, Height=page.height, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray if page.grey else pikepdf.Name.DeviceRGB,
        Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    pdf.add_blank_page(page_size=_page_size(page))
    leaf = pdf.pages[-1]
    leaf.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Im1=image), Font=pikepdf.Dictionary(F1=font)
    )
    leaf.obj.Contents = pdf.make_stream(_content(page))


def write_pdfa(pages: Sequence[ScannedPage], about: Provenance) -> bytes:
    """The pages as one PDF/A-2b. The same pages give the same bytes."""
    pdf = pikepdf.new()
    font = _font(pdf)
    for page in pages:
        _add_page(pdf, page, font)
    metadata = pdf.make_stream(_xmp(about), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    profile = pdf.make_stream(_srgb(), N=3)
    pdf.Root.Metadata = metadata
    pdf.Root.Lang = pikepdf.String("vi")
    pdf.Root.OutputIntents = [
        pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, DestOutputProfile=profile,
            OutputConditionIdentifier=pikepdf.String("sRGB"), Info=pikepdf.String("sRGB IEC61966-2.1"),
        )
    ]  # fmt: skip
    out = io.BytesIO()
    pdf.save(
        out, deterministic_id=True, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    return out.getvalue()
