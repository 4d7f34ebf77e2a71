"""Bags written by hand, with no library."""

import hashlib
from pathlib import Path

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_bag(folder: Path, payload: dict[str, bytes], algorithm: str = "sha256") -> Path:
    """A valid bag, written by hand."""
    lines = []
    for name, data in payload.items():
        target = folder / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        lines.append(f"{hashlib.new(algorithm, data).hexdigest()}  data/{name}\n")
    (folder / "bagit.txt").write_text(DECLARATION)
    (folder / f"manifest-{algorithm}.txt").write_text("".join(lines))
    size = sum(map(len, payload.values()))
    (folder / "bag-info.txt").write_text(f"Payload-Oxum: {size}.{len(payload)}\nSource: Chi cục\n  Văn thư\n")
    with (folder / f"tagmanifest-{algorithm}.txt").open("w") as manifest:
        for name in ("bagit.txt", f"manifest-{algorithm}.txt", "bag-info.txt"):
            manifest.write(f"{hashlib.new(algorithm, (folder / name).read_bytes()).hexdigest()}  {name}\n")
    return folder
