"""Documents to be read by machine: every kind of page that contractors deliver without a text layer, or with a bad one."""

import dataclasses
import datetime as dt
import io
from collections.abc import Iterable
from pathlib import Path

import img2pdf
import pikepdf
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator import registry

from access.samples import Sample, Stamp, pdf_of, sample
from access.samples.wear import CLEAN, Wear
from preservation.ocr_policy import Policy

_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def act(
    seed: int = 1, *, pages: int = 1, condition: str | Wear = CLEAN, stamps: Iterable[Stamp] = ()
) -> Sample:
    """A scanned act with its truth."""
    return sample(seed, condition=condition, pages=pages, stamps=stamps, paragraphs=4)


def without_text(of: Sample) -> bytes:
    """A PDF/A-2b of scans alone."""
    return pdf_of(of)


def with_text(of: Sample) -> bytes:
    """A PDF/A-2b whose text layer says what the page says."""
    return pdf_of(of, text=True)


def picture(of: Sample, page: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(of.pages[page].jpeg)).convert("RGB")


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, dpi=(200, 200), **options)
    return out.getvalue()


def tiff(images: Iterable[Image.Image], compression: str = "group4") -> bytes:
    """A TIFF of several pages, black and white where it is compressed as fax."""
    first, *others = [image.convert("1") if compression == "group4" else image for image in images]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others, compression=compression, dpi=(200, 200))
    return out.getvalue()


def fax(of: Sample) -> bytes:
    """A PDF of 1-bit pages, CCITT group 4."""
    return bytes(img2pdf.convert(tiff(picture(of, n) for n in range(len(of.pages)))))


def jpeg2000(of: Sample) -> bytes:
    return bytes(img2pdf.convert(encoded(picture(of), "JPEG2000"), layout_fun=_layout()))


def turned(of: Sample, degrees: int) -> bytes:
    """A page that was laid on the glass turned counter-clockwise by so many degrees."""
    return bytes(img2pdf.convert(encoded(picture(of).transpose(_TURNS[degrees]), "JPEG", quality=80)))


def mixed(of: Sample) -> bytes:
    """Pages of which the first has a text layer and the others have none."""
    with (
        pikepdf.open(io.BytesIO(pdf_of(of, text=True))) as good,
        pikepdf.open(io.BytesIO(pdf_of(of))) as bare,
    ):
        good.pages[1:] = list(bare.pages[1:])
        return _saved(good)


def with_layer(of: Sample, words: str) -> bytes:
    """A scan with an invisible text layer that says something else."""
    out = io.BytesIO(pdf_of(of))
    with pikepdf.open(out) as pdf:
        page = pdf.pages[0]
        mapping = {ord(c): n for n, c in enumerate(dict.fromkeys(words), start=1)}
        page.obj.Resources.Font = pikepdf.Dictionary(F=_font(pdf, mapping))
        codes = "".join(f"{mapping[ord(c)]:02X}" for c in words)
        page.contents_add(f"BT 3 Tr /F 10 Tf 40 700 Td <{codes}> Tj ET".encode())
        return _saved(pdf)


def blank() -> bytes:
    """A scan of an empty sheet."""
    paper = Image.new("RGB", (1654, 2339), (249, 247, 240))
    return bytes(img2pdf.convert(encoded(paper, "JPEG", quality=80)))


def limited(of: Policy, **limits: float) -> Policy:
    """The policy with other limits."""
    return dataclasses.replace(of, **limits)


def layers(of: Sample) -> bytes:
    """MRC: a coarse background, and on it the text as a finer mask over a colour."""
    page = picture(of)
    background = encoded(page.resize((page.width // 3, page.height // 3)), "JPEG", quality=40)
    mask = page.convert("L").point(lambda value: 255 if value < 120 else 0).convert("1")
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    back = _image(pdf, background, page.width // 3, page.height // 3)
    colour = pikepdf.Stream(pdf, bytes(3), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1,
                            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8)  # fmt: skip
    colour.SMask = pdf.make_stream(
        mask.convert("L").tobytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=page.width,
        Height=page.height, ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
    )  # fmt: skip
    leaf = pdf.pages[0]
    leaf.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(B=back, T=colour))
    leaf.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /B Do Q q 595 0 0 842 0 0 cm /T Do Q")
    return _saved(pdf)


def strips(of: Sample) -> bytes:
    """A page whose picture came in two halves."""
    page = picture(of)
    half = page.height // 2
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    names = pikepdf.Dictionary()
    for name, top, bottom in (("/A", 0, half), ("/B", half, page.height)):
        part = page.crop((0, top, page.width, bottom))
        names[name] = _image(pdf, encoded(part, "JPEG", quality=80), part.width, part.height)
    leaf = pdf.pages[0]
    leaf.obj.Resources = pikepdf.Dictionary(XObject=names)
    leaf.obj.Contents = pdf.make_stream(b"q 595 0 0 421 0 421 cm /A Do Q q 595 0 0 421 0 0 cm /B Do Q")
    return _saved(pdf)


def wide(of: Sample) -> bytes:
    """An A3 page across: two A4 pages on one sheet."""
    left = picture(of)
    sheet = Image.new("RGB", (left.width * 2, left.height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(left, (left.width, 0))
    return bytes(img2pdf.convert(encoded(sheet, "JPEG", quality=70), layout_fun=_layout()))


def bomb(pixels: int = 30_000) -> bytes:
    """A few KB of PDF with an enormous picture."""
    import zlib

    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    packer = zlib.compressobj(9)
    row = b"\xff" * (1 << 20)
    total = pixels * pixels
    data = b"".join(packer.compress(row) for _ in range(total // len(row))) + packer.compress(
        b"\xff" * (total % len(row))
    )
    image = pikepdf.Stream(
        pdf, data + packer.flush(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=pixels, Height=pixels,
        ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    leaf = pdf.pages[0]
    leaf.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    leaf.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def endless(operators: int = 3_000_000) -> bytes:
    """A small file whose page draws for ever: nested forms that draw each other many times."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    below = pdf.make_stream(b"0 0 m 500 500 l S\n" * 200, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                            BBox=[0, 0, 595, 842])  # fmt: skip
    for _level in range(5):
        below = pdf.make_stream(
            b"/F Do\n" * 60, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=below)),
        )  # fmt: skip
    leaf = pdf.pages[0]
    leaf.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=below))
    leaf.obj.Contents = pdf.make_stream(b"/F Do\n")
    return _saved(pdf)


def signed(data: bytes) -> tuple[bytes, bytes]:
    """A PDF with a real signature, and the certificate (PEM) that made it, its own root."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Văn Thử")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_signs(), critical=True)
        .sign(key, hashes.SHA256())
    )
    ours = asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    secret = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        ours, keys.PrivateKeyInfo.load(secret), registry.SimpleCertificateStore.from_certs([ours])
    )
    made = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)),
        signers.PdfSignatureMetadata(field_name="Ky"),
        signer=signer,
    )
    return made.getvalue(), certificate.public_bytes(serialization.Encoding.PEM)


def _signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _layout() -> object:
    return img2pdf.get_fixed_dpi_layout_fun((200, 200))


def _image(pdf: pikepdf.Pdf, jpeg: bytes, width: int, height: int) -> pikepdf.Stream:
    return pikepdf.Stream(
        pdf, jpeg, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip


def _font(pdf: pikepdf.Pdf, mapping: dict[int, int]) -> pikepdf.Object:
    """A font without glyphs worth seeing, whose codes mean letters."""
    pairs = "\n".join(f"<{code:02X}> <{letter:04X}>" for letter, code in mapping.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        f"1 begincodespacerange <00> <FF> endcodespacerange {len(mapping)} beginbfchar\n{pairs}\nendbfchar "
        "endcmap end end"
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
                           ToUnicode=pdf.make_stream(cmap.encode()))
    )  # fmt: skip


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
