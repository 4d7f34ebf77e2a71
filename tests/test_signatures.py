"""Digital signatures: intact, broken, partial, trusted by a root or not, and never a reason to end anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.signing import trust_roots
from preservation.ocr import Recogniser
from tests import ocr_fixtures as made


@pytest.fixture(scope="module")
def recogniser() -> Iterator[Recogniser]:
    with Recogniser() as opened:
        yield opened


@pytest.fixture(scope="module")
def signed() -> tuple[bytes, bytes]:
    return made.signed(made.without_text(made.act(1)))


def test_an_intact_signature_is_told_with_its_signer(
    recogniser: Recogniser, tmp_path: Path, signed: tuple[bytes, bytes]
) -> None:
    path = made.write(tmp_path / "ký.pdf", signed[0])
    [verdict] = recogniser.signatures(path, [])
    assert (verdict["state"], verdict["trusted"], verdict["whole"]) == ("intact", False, True)
    assert "Nguyễn Văn Thử" in verdict["signer"]
    made.write(tmp_path / "trust-roots" / "goc.pem", signed[1])
    [trusted] = recogniser.signatures(path, trust_roots(tmp_path))
    assert (trusted["state"], trusted["trusted"]) == ("intact", True)


def test_a_changed_byte_breaks_it(
    recogniser: Recogniser, tmp_path: Path, signed: tuple[bytes, bytes]
) -> None:
    data = bytearray(signed[0])
    data[len(data) // 3] ^= 1  # within the scan
    [verdict] = recogniser.signatures(made.write(tmp_path / "a.pdf", bytes(data)), [])
    assert verdict["state"] == "broken"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + bytes(5000)])
def test_what_cannot_be_read_is_unknown_and_not_intact(
    recogniser: Recogniser, tmp_path: Path, data: bytes
) -> None:
    verdicts = recogniser.signatures(made.write(tmp_path / "a.pdf", data), [])
    assert all(verdict["state"] == "unknown" for verdict in verdicts)
