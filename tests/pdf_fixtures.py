"""PDFs for tests: sound scans, and hostile or damaged ones, each made on the spot."""

import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from access.demo.fonts import face

TEXT = "Quyết định về việc phê duyệt kế hoạch"


def scan(path: Path, *, pages: int = 1, dpi: int = 200, compliance: str | None = None) -> Path:
    """A scanned document: a picture over each A5 page, with TEXT and the page's number under it."""
    made = FPDF(unit="pt", format=(420, 595), enforce_compliance=compliance)
    made.set_title(path.stem)
    made.set_lang("vi")
    made.set_auto_page_break(False)
    made.add_font("Serif", fname=face("Regular").path)
    picture = Image.new("L", (420 * dpi // 72 + 1, 595 * dpi // 72 + 1), 230)
    for number in range(1, pages + 1):
        made.add_page()
        made.set_font("Serif", size=12)
        made.text(40, 60, f"{TEXT} {number}")
        made.image(picture, 0, 0, 420, 595)
    made.output(str(path))
    return path


def written(path: Path, *pages: Sequence[str]) -> Path:
    """A document without pictures: the lines of each page."""
    made = FPDF(unit="pt", format=(420, 595))
    made.set_auto_page_break(False)
    made.add_font("Serif", fname=face("Regular").path)
    for lines in pages:
        made.add_page()
        made.set_font("Serif", size=12)
        for number, line in enumerate(lines):
            made.text(40, 60 + 20 * number, line)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.output(str(path))
    return path


def plain(path: Path, **root: object) -> Path:
    """A one-page PDF with further entries in its catalogue."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    for key, value in root.items():
        pdf.Root["/" + key] = value
    pdf.save(path)
    return path


def encrypted(path: Path, *, user: str = "", owner: str = "chủ") -> Path:
    """Locked with a user password, or with the owner's alone."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def javascript(path: Path) -> Path:
    return plain(path, OpenAction=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def false_claim(path: Path) -> Path:
    """A scan that claims PDF/A-2b and has JavaScript, which no PDF/A may have."""
    scan(path, compliance="PDF/A-2B")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("1"))
        pdf.save(path)
    return path


def talks_of_javascript(path: Path) -> Path:
    """The word stands in a text only."""
    return plain(path, Lang=String("vi) /JavaScript /JS (x"))


def signed(path: Path) -> Path:
    value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("x"))
    return plain(path, AcroForm=Dictionary(SigFlags=3, Fields=Array([Dictionary(FT=Name.Sig, V=value)])))


def with_attachment(path: Path) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments["so.txt"] = b"du lieu"
    pdf.save(path)
    return path


def cut(path: Path, whole: Path) -> Path:
    """The first two thirds of another PDF."""
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    return path


def operator_bomb(path: Path, megabytes: int = 150) -> Path:
    """A small file whose one content stream is millions of drawing operators."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    operators = b"1 1 m 2 2 l 3 3 l 4 4 l S "
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(operators * 40_000) for _ in range(megabytes)) + packer.flush()
    stream = Stream(pdf, b"")
    stream.write(packed, filter=Name.FlateDecode)
    page.obj.Contents = pdf.make_indirect(stream)
    pdf.save(path, compress_streams=False)
    return path


def huge_image(path: Path, side: int = 30_000) -> Path:
    """A picture of `side` squared pixels on a stamp-sized page."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(72, 72))
    packer = zlib.compressobj()
    row = bytes(side // 8 + 1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    image = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Image, Width=side, Height=side)
    image.stream_dict.BitsPerComponent = 1
    image.stream_dict.ColorSpace = Name.DeviceGray
    image.write(packed, filter=Name.FlateDecode)
    page.obj.Resources = Dictionary(XObject=Dictionary(Im=pdf.make_indirect(image)))
    page.obj.Contents = pdf.make_stream(b"q 72 0 0 72 0 0 cm /Im Do Q")
    pdf.save(path)
    return path


def by_hand(path: Path, *objects: bytes) -> Path:
    """A PDF of the given objects, numbered from 1; the first is the catalogue."""
    out = BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    path.write_bytes(out.getvalue())
    return path


def page_loop(path: Path) -> Path:
    """A page tree that is its own child."""
    return by_hand(path, b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")


def million_pages(path: Path) -> Path:
    """One page, counted as a hundred million."""
    return by_hand(
        path,
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 100000000 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def deep_nesting(path: Path) -> Path:
    """A value nested two hundred thousand deep."""
    return by_hand(
        path,
        b"<< /Type /Catalog /Pages 2 0 R /Deep " + b"[" * 200_000 + b"]" * 200_000 + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )
