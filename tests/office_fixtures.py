"""Office files for tests: OOXML and ODF made by hand, old formats by LibreOffice, and the traps that people make."""

import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="bin" ContentType="application/octet-stream"/>'
    '<Override PartName="/word/document.xml" ContentType="{main}"/>'
    '<Override PartName="/word/header1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>'
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCM = "application/vnd.ms-word.document.macroEnabled.main+xml"
LINES = (
    "ỦY BAN NHÂN DÂN XÃ TÂN MẪU",
    "Báo cáo kết quả công tác năm 2025",
    "Số hiệu kho tàng: nghiêng, ngã, nặng, hỏi",
)


def docx(
    path: Path,
    lines: tuple[str, ...] = LINES,
    *,
    header: str = "Văn phòng",
    relations: str = "",
    parts: Mapping[str, bytes] | None = None,
    main: str = DOCX,
    body: str = "",
    doctype: str = "",
) -> Path:
    """A Word file with a header; `relations`, `parts`, `body` and `doctype` are put in as they are."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<w:document {W} xmlns:r="{R}"><w:body>{paragraphs}{body}'
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdH"/></w:sectPr></w:body></w:document>'
    )
    made = {
        "[Content_Types].xml": _TYPES.format(main=main),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
        "word/header1.xml": f"<w:hdr {W}><w:p><w:r><w:t>{escape(header)}</w:t></w:r></w:p></w:hdr>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rIdH" Type="{R}/header" Target="header1.xml"/>{relations}</Relationships>',
    }
    return pack(path, made | dict(parts or {}))


def pack(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip of parts in their order; a part named `mimetype` is not packed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return path


def odf(path: Path, kind: str, body: str, parts: Mapping[str, str | bytes] | None = None) -> Path:
    """An ODF file of a kind ("text", "spreadsheet", "presentation") with what stands in its body."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
        for name, of in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
                         ("presentation", "presentation"), ("svg", "svg-compatible"), ("script", "script"))
    )  # fmt: skip
    mime = f"application/vnd.oasis.opendocument.{kind}"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} '
        'xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"><office:body>'
        f"<office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    made = {"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": content}
    return pack(path, made | dict(parts or {}))


def odt(path: Path, lines: tuple[str, ...] = LINES) -> Path:
    return odf(path, "text", "".join(f"<text:p>{escape(line)}</text:p>" for line in lines))


def ods(path: Path, lines: tuple[str, ...] = LINES) -> Path:
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{escape(line)}</text:p>'
        "</table:table-cell></table:table-row>"
        for line in lines
    )
    return odf(path, "spreadsheet", f'<table:table table:name="Sổ">{cells}</table:table>')


def odp(path: Path, lines: tuple[str, ...] = LINES) -> Path:
    boxes = "".join(
        f'<draw:frame svg:x="2cm" svg:y="{2 + 3 * n}cm" svg:width="20cm" svg:height="2cm"><draw:text-box>'
        f"<text:p>{escape(line)}</text:p></draw:text-box></draw:frame>"
        for n, line in enumerate(lines)
    )
    return odf(path, "presentation", f'<draw:page draw:name="trang1">{boxes}</draw:page>')


def by_libreoffice(sources: list[Path], suffix: str, profile: Path) -> list[Path]:
    """The same contents in another format, beside the sources."""
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", suffix]
    folder = sources[0].parent
    subprocess.run([*command, "--outdir", folder, *sources], check=True, capture_output=True, timeout=240)
    return [source.with_suffix(f".{suffix}") for source in sources]


def xlsx(path: Path, lines: tuple[str, ...] = LINES, *, header: str = "") -> Path:
    """A workbook by openpyxl, with a header on its pages."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([line, 1])
    book.active.oddHeader.right.text = header
    book.save(path)
    return path


def every_kind(folder: Path, variants: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, str], Path]:
    """Office files of every kind with each variant of lines, by (kind, variant); the old kinds by LibreOffice."""
    written = {"docx": docx, "odt": odt, "ods": ods, "odp": odp, "xlsx": xlsx}
    made = {
        (k, v): write(folder / f"{v}.{k}", lines)
        for k, write in written.items()
        for v, lines in variants.items()
    }
    for kind, source in (("doc", "docx"), ("rtf", "docx"), ("xls", "xlsx"), ("ppt", "odp"), ("pptx", "odp")):
        paths = by_libreoffice([made[source, v] for v in variants], kind, folder / "profile")
        made |= {(kind, v): path for v, path in zip(variants, paths, strict=True)}
    return made


def external_image(path: Path, target: str = "http://127.0.0.1:9/anh.png") -> Path:
    """A Word file whose picture lies elsewhere."""
    body = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:99pt;height:99pt">'
        '<v:imagedata r:id="rIdX"/></v:shape></w:pict></w:r></w:p>'
    )
    relation = f'<Relationship Id="rIdX" Type="{R}/image" Target="{target}" TargetMode="External"/>'
    return docx(path, relations=relation, body=body)


def with_macros(path: Path) -> Path:
    """A Word file with a VBA project, which is named and not real."""
    relation = '<Relationship Id="rIdV" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
    return docx(path, relations=relation, parts={"word/vbaProject.bin": b"VBA" * 99}, main=DOCM)


def with_entities(path: Path) -> Path:
    """A Word file that asks for a file of this machine by an entity (XXE)."""
    return docx(
        path,
        doctype='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        body="<w:p><w:r><w:t>&e;</w:t></w:r></w:p>",
    )


def bomb(path: Path) -> Path:
    """A Word file of a few hundred kilobytes that holds 300 MB."""
    return docx(path, parts={"word/media/image1.bmp": b"\0" * 300_000_000})


def truncated(path: Path) -> Path:
    """A Word file without its last third."""
    return cut(docx(path))


def cut(path: Path) -> Path:
    """The file without its last third."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    return path


def with_dde(path: Path) -> Path:
    """A Word file with a field that starts a program."""
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDE</w:instrText></w:r>'
        '<w:r><w:instrText>AUTO "c:\\\\windows\\\\cmd.exe" "/k" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    return docx(path, body=body)


def watermarked(path: Path, words: str) -> Path:
    """A Word file whose words of a watermark are in a shape."""
    body = (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape>'
        f'<v:textpath string="{words}"/></v:shape></w:pict></w:r></w:p>'
    )
    return docx(path, body=body)
