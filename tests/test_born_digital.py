"""Born-digital files under the inspector: what is told of each, what hides in it, and the text that is screened."""

import os
import socket
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from ingest import looking
from ingest.born_digital import format_findings, of_media
from ingest.inspector import Inspector
from standards import formats, tools
from standards.findings import Level, catalogue
from standards.media import read_media
from tests import office_fixtures as made

SECRET = ("Báo cáo", "TUYỆT MẬT", "về việc bảo vệ bí mật nhà nước")
OPEN = ("Báo cáo", "về bảo vệ bí mật nhà nước", "Mật khẩu, mật độ")


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with Inspector(memory_mb=1024, seconds=60) as opened:
        yield opened


def codes(inspector: Inspector, path: Path) -> set[str]:
    return {f.code for f in inspector.inspect(path).findings}


KINDS = ("docx", "doc", "odt", "rtf", "xlsx", "xls", "ods", "pptx", "ppt", "odp")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Office files of every kind: some lines, lines with a mark, and lines with its words in running text."""
    variants = {"lines": made.LINES, "secret": SECRET, "open": OPEN}
    return made.every_kind(tmp_path_factory.mktemp("office"), variants)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_office_file_is_known_and_its_words_are_read(
    inspector: Inspector, office: dict[tuple[str, str], Path], kind: str
) -> None:
    looked = inspector.inspect(office[kind, "lines"])
    assert looked.findings == ()
    assert looked.office == kind
    assert looked.facts.puid
    # The circular lists no presentations of OpenDocument.
    assert (formats.listed_suffixes(looked.facts.mime) is None) == (kind == "odp")
    text = "\n".join(looked.texts)
    assert all(line in text for line in made.LINES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_of_secrecy_is_found_in_every_kind(
    inspector: Inspector, office: dict[tuple[str, str], Path], kind: str
) -> None:
    assert looking.is_sealed(inspector.inspect(office[kind, "secret"]))
    assert not looking.is_sealed(inspector.inspect(office[kind, "open"]))


HEADER = '&"Times New Roman,Bold"&14MẬT'


HIDDEN: dict[str, Callable[[Path], Path]] = {
    "header": lambda path: made.docx(path, header="MẬT"),
    "watermark": lambda path: made.watermarked(path, "TỐI MẬT"),
    "two-runs": lambda path: made.docx(
        path, body="<w:p><w:r><w:t>M</w:t></w:r><w:r><w:t>ẬT</w:t></w:r></w:p>"
    ),
    "property": lambda path: made.docx(path, parts={"docProps/core.xml": "<p><s>TỐI MẬT</s></p>".encode()}),
    "embedded": lambda path: made.docx(
        path, parts={"word/embeddings/a.docx": made.docx(path.with_name("b.docx"), SECRET).read_bytes()}
    ),
    "cut-off": lambda path: made.cut(made.docx(path, SECRET)),
    "tcvn3": lambda path: made.docx(path, ("TUYÖT MËT",)),
}


@pytest.mark.parametrize("place", HIDDEN)
def test_a_mark_is_found_where_it_hides(inspector: Inspector, tmp_path: Path, place: str) -> None:
    assert looking.is_sealed(inspector.inspect(HIDDEN[place](tmp_path / "a.docx")))


def test_a_mark_is_found_in_the_header_of_a_spreadsheet(inspector: Inspector, tmp_path: Path) -> None:
    new = made.xlsx(tmp_path / "a.xlsx", header=HEADER)
    (old,) = made.by_libreoffice([new], "xls", tmp_path / "profile")
    assert looking.is_sealed(inspector.inspect(new))
    assert looking.is_sealed(inspector.inspect(old))


def test_a_mark_is_found_in_a_binary_file_that_is_cut_off(
    inspector: Inspector, office: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(office["doc", "secret"].read_bytes()[:-2000])
    looked = inspector.inspect(path)
    assert "OFFICE-DAMAGED" in {f.code for f in looked.findings}
    assert looking.is_sealed(looked)


def odf_macros(path: Path) -> Path:
    return made.odf(path, "text", "<text:p>x</text:p>", {"Basic/Standard/Module1.xml": "<m/>"})


def odf_link(path: Path) -> Path:
    image = '<text:p><draw:frame><draw:image xlink:href="file:///etc/passwd"/></draw:frame></text:p>'
    return made.odf(path, "text", image)


def odf_locked(path: Path) -> Path:
    return made.odf(path, "text", "<text:p/>", {"META-INF/manifest.xml": "<m><encryption-data/></m>"})


TRAITS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a.docm": (made.with_macros, "OFFICE-MACROS"),
    "b.docx": (made.with_dde, "OFFICE-DDE"),
    "c.docx": (made.external_image, "OFFICE-EXTERNAL"),
    "d.docx": (lambda path: made.docx(path, parts={"word/embeddings/oleObject1.bin": b"x"}), "OFFICE-EMBEDDED"),
    "e.docx": (lambda path: made.docx(path, parts={"_xmlsignatures/sig1.xml": b"<s/>"}), "OFFICE-SIGNED"),
    "f.odt": (odf_macros, "OFFICE-MACROS"),
    "g.odt": (odf_link, "OFFICE-EXTERNAL"),
    "h.odt": (odf_locked, "OFFICE-ENCRYPTED"),
    "i.docx": (made.with_entities, "OFFICE-HOSTILE"),
    "k.docx": (made.bomb, "OFFICE-HOSTILE"),
    "l.docx": (made.truncated, "OFFICE-DAMAGED"),
    "m.docx": (lambda path: (path.write_bytes(b"") and path) or path, "OFFICE-DAMAGED"),
    "n.xls": (lambda path: (path.write_bytes(b"<html>") and path) or path, "OFFICE-DAMAGED"),
    "o.rtf": (lambda path: (path.write_bytes(rb"{\rtf1 {\b dang do") and path) or path, "OFFICE-DAMAGED"),
    "p.rtf": (lambda path: (path.write_bytes(rb"{\rtf1 {\object{\*\objdata 00}}}") and path) or path, "OFFICE-EMBEDDED"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAITS)
def test_what_hides_in_an_office_file_is_named(inspector: Inspector, tmp_path: Path, name: str) -> None:
    make, code = TRAITS[name]
    assert codes(inspector, make(tmp_path / name)) == {code}


def test_entities_and_bombs_wait_for_a_person_and_damage_does_not() -> None:
    for code in (
        "OFFICE-HOSTILE",
        "OFFICE-ENCRYPTED",
        "OFFICE-TOO-BIG",
        "OFFICE-EMBEDDED-LOCKED",
        "TEXT-TOO-BIG",
    ):
        assert (catalogue()[code]["level"], catalogue()[code]["release"]) == (Level.MUST, True)
    for code in (
        "OFFICE-DAMAGED",
        "IMAGE-DAMAGED",
        "MEDIA-DAMAGED",
        "OFFICE-MACROS",
        "TEXT-ENCODING-UNKNOWN",
    ):
        assert catalogue()[code]["level"] == Level.SHOULD


def test_nothing_outside_is_asked_for(inspector: Inspector, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        target = f"http://127.0.0.1:{server.getsockname()[1]}/anh.png"
        inspector.inspect(made.external_image(tmp_path / "a.docx", target))
        with pytest.raises(TimeoutError):
            server.accept()


# --- pictures ---


def picture(path: Path, size: tuple[int, int] = (300, 200), **options: object) -> Path:
    image = Image.effect_noise(size, 80).convert("RGB")
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def huge_png(path: Path) -> Path:
    """30,000 x 30,000 black pixels in a small file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    rows = zlib.compressobj(9)
    line = b"\0" * (30_000 // 8 + 1)
    data = b"".join(rows.compress(line) for _ in range(30_000)) + rows.flush()
    head = struct.pack(">LLBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def looped_tiff(path: Path) -> Path:
    """A TIFF whose list of pictures leads back to its beginning."""
    data = bytearray(picture(path).read_bytes())
    (at,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<L", data, at + 2 + 12 * count, at)
    path.write_bytes(data)
    return path


def wide_tiff(path: Path) -> Path:
    """A TIFF that claims 60,000 x 60,000 pixels."""
    data = bytearray(picture(path).read_bytes())
    (at,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    for number in range(count):
        (tag,) = struct.unpack_from("<H", data, at + 2 + 12 * number)
        if tag in (256, 257):
            struct.pack_into("<HL", data, at + 4 + 12 * number, 4, 1)
            struct.pack_into("<L", data, at + 10 + 12 * number, 60_000)
    path.write_bytes(data)
    return path


PICTURES: dict[str, tuple[Callable[[Path], Path], str | None]] = {
    "a.jpg": (picture, None),
    "a.png": (picture, None),
    "a.gif": (picture, None),
    "a.tif": (lambda path: picture(path, compression="tiff_lzw"), None),
    "b.jpg": (lambda path: made.cut(picture(path)), "IMAGE-DAMAGED"),
    "b.png": (lambda path: made.cut(picture(path)), "IMAGE-DAMAGED"),
    "b.tif": (lambda path: made.cut(picture(path)), "IMAGE-DAMAGED"),
    "c.png": (huge_png, "IMAGE-TOO-BIG"),
    "c.tif": (wide_tiff, "IMAGE-TOO-BIG"),
    "d.tif": (looped_tiff, None),
    "e.png": (lambda path: (path.write_bytes(b"x" * 99) and path) or path, "IMAGE-DAMAGED"),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(inspector: Inspector, tmp_path: Path, name: str) -> None:
    make, code = PICTURES[name]
    assert codes(inspector, make(tmp_path / name)) == {"IMAGE-NO-TEXT", *([code] if code else [])}


def test_a_chunk_with_a_flipped_bit_is_damage(inspector: Inspector, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "IMAGE-DAMAGED" in codes(inspector, path)


# --- text ---

VIETNAMESE = "Quyết định về việc thành lập tổ công tác, được ủy ban nhân dân xã thông qua.\n" * 5
TEXTS: dict[str, tuple[bytes, set[str]]] = {
    "a.txt": (VIETNAMESE.encode(), set()),
    "b.txt": (VIETNAMESE.encode("utf-16"), set()),
    "c.txt": ("QuyÕt ®Þnh vÒ viÖc thµnh lËp tæ c«ng t¸c ".encode("latin-1") * 5, set()),
    "d.txt": (b"\x80\x81\xfe\xff\x99" * 50, {"TEXT-ENCODING-UNKNOWN"}),
    "e.txt": (b"a\0b\x01c", {"TEXT-CONTROLS"}),
    "a.csv": ("tên;số\nÁnh;1\nBình;2\n".encode(), set()),
    "b.csv": ("tên;số\nÁnh;1;2\n".encode(), {"CSV-SHAPE"}),
    "c.csv": (b'a,b\n"x,1\n', {"CSV-BROKEN"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_texts(inspector: Inspector, tmp_path: Path, name: str) -> None:
    content, told = TEXTS[name]
    (tmp_path / name).write_bytes(content)
    assert {c for c in codes(inspector, tmp_path / name) if c != "TEXT-ENCODING"} == told


def test_a_mark_in_text_of_an_old_encoding_is_found(inspector: Inspector, tmp_path: Path) -> None:
    for number, data in enumerate((b"TUY\xd6T M\xcbT\n", "TỐI MẬT".encode("utf-16"), "MẬT\r\n".encode())):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(data)
        assert looking.is_sealed(inspector.inspect(path))


# --- sound and film ---


def media(path: Path) -> Path:
    sound = ["-f", "lavfi", "-i", "sine=440:duration=2"]
    film = ["-f", "lavfi", "-i", "testsrc=duration=2:size=160x120:rate=5"]
    inputs = [*film, *sound, "-shortest"] if path.suffix in (".mp4", ".avi", ".wmv", ".mov") else sound
    form = ["-f", "adts"] if path.suffix == ".aac" else []
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *form, path], check=True, timeout=60)
    return path


@pytest.mark.parametrize("suffix", ["mp3", "wma", "aac", "wav", "mp4", "avi", "wmv", "mov"])
def test_sound_and_film(tmp_path: Path, suffix: str) -> None:
    path = media(tmp_path / f"a.{suffix}")
    told = formats.identify(path)
    assert suffix in {s.removeprefix(".") for s in formats.listed_suffixes(told.mime) or ()}
    assert [f.code for f in of_media(read_media(path), shown="a")] == ["MEDIA-UNHEARD"]
    made.cut(path)
    assert [f.code for f in of_media(read_media(path), shown="a")] == ["MEDIA-DAMAGED", "MEDIA-UNHEARD"]


def test_a_play_list_in_the_clothes_of_a_film_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    assert read_media(path).state == "damaged"


def test_no_program_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = media(tmp_path / "a.wav")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(tools, "_without_network", tuple)
    assert read_media(path).state == "no-answer"


# --- formats ---


def test_formats_beyond_the_circular_and_without_a_validator_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    made.pack(path, {"a": "b"})
    told = [f.code for f in format_findings(formats.identify(path), shown="a.zip")]
    assert told == ["FORMAT-NOT-LISTED", "FORMAT-NO-VALIDATOR"]
    assert list(format_findings(formats.identify(made.docx(tmp_path / "a.docx")), shown="a.docx")) == []


def test_the_sandbox_hides_the_machine_from_a_child(tmp_path: Path) -> None:
    if not tools.limits_in_force()["sandbox"]:
        pytest.skip("bubblewrap cannot work here")
    seen, hidden = tmp_path / "seen", tmp_path / "hidden"
    seen.write_text("x")
    hidden.write_text("y")
    box = tools.Sandbox(read=(seen,))
    assert tools.run(["cat", seen], sandbox=box).out == b"x"
    assert tools.run(["cat", hidden], sandbox=box).code != 0
    assert tools.run(["cat", "/etc/passwd"], sandbox=box).code != 0
    assert tools.run(["sh", "-c", f"echo z > {seen}"], sandbox=box).code != 0
    assert os.fsencode(b"x") and seen.read_text() == "x"
