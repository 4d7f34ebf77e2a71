"""Sound and film (mp3, wma, aac, wav; MPEG-4, avi, wmv, mov): what ffprobe and ffmpeg say of them, in the sandbox.

ffprobe reads a file to its end, packet by packet; ffmpeg decodes its beginning. No answer is never a pass.
"""

import json
import re
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from standards import suffixes, tools
from standards.errors import ToolFailed

SUFFIXES: Final = suffixes.MEDIA
DECODED_SECONDS: Final = 120
# What is read as what it is: no play lists, no scripts, which would name other files.
_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,mp3,wav,w64,avi,asf,aac,flac,ogg,matroska,webm,mpeg,mpegts,mpegvideo,ac3"
)
_SAFE: Final = ("-v", "error", "-protocol_whitelist", "file", "-format_whitelist", _FORMATS)
_ASF: Final = bytes.fromhex("3026b2758e66cf11")
_ASF_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_PLAYED: Final = re.compile(rb"^out_time_us=(\d+)$", re.M)
_SHARE: Final = 0.95  # how much of the length that it tells a sound file must play
_LIMITS: Final = tools.Limits(seconds=600, memory_mb=1024, file_mb=1, output_mb=1)


@dataclass(frozen=True, slots=True)
class Media:
    """What a file of sound or film is. `streams` are like "h264 640x480", `seconds` its length where it is told."""

    state: Literal["readable", "damaged", "no-answer"]
    reason: str = ""
    container: str = ""
    streams: tuple[str, ...] = ()
    seconds: float | None = None


def is_media(path: Path, mime: str) -> bool:
    """Whether a file is sound or film: as PRONOM knows it, or by its name."""
    return mime.startswith(("audio/", "video/")) or path.suffix.lower() in SUFFIXES


def read_media(path: Path, limits: tools.Limits = _LIMITS) -> Media:
    """Probe and decode a file. Never raises for a bad one."""
    try:
        told = _probed(path, limits)
        if told.state == "readable":
            told = _decoded(path, told, limits)
    except ToolFailed as failed:
        return Media("no-answer", failed.text("en"))
    return told


def version() -> str:
    """The version of ffprobe; empty where it is not installed."""
    try:
        said = tools.run(["ffprobe", "-version"], limits=tools.Limits(seconds=20)).out.decode(
            "utf-8", "replace"
        )
    except ToolFailed:
        return ""
    words = said.split()
    return words[2] if len(words) > 2 else ""


def _probed(path: Path, limits: tools.Limits) -> Media:
    command = [
        "ffprobe",
        *_SAFE,
        "-count_packets",
        "-show_format",
        "-show_streams",
        "-of",
        "json",
        "-i",
        f"file:{path}",
    ]
    done = tools.run(command, limits=limits, sandbox=tools.Sandbox(read=(path,)))
    try:
        said = json.loads(done.out or b"{}")
    except ValueError:
        said = {}
    streams = tuple(_stream(s) for s in said.get("streams", ()))
    container = str(said.get("format", {}).get("format_name", ""))
    if done.code != 0 or not streams:
        return Media("damaged", _first_line(done.err, path) or "no sound and no film in it", container)
    if cut := _is_cut(path):
        return Media("damaged", cut, container, streams, _seconds(said))
    if told := _first_line(done.err, path):
        return Media("damaged", told, container, streams, _seconds(said))
    return Media("readable", "", container, streams, _seconds(said))


def _decoded(path: Path, told: Media, limits: tools.Limits) -> Media:
    """The beginning decoded; of a short file the whole, which must be as long as it says it is."""
    command = [
        "ffmpeg",
        "-nostdin",
        *_SAFE,
        "-t",
        str(DECODED_SECONDS),
        "-i",
        f"file:{path}",
        "-progress",
        "pipe:1",
    ]
    done = tools.run([*command, "-f", "null", "-"], limits=limits, sandbox=tools.Sandbox(read=(path,)))
    reason = _first_line(done.err, path)
    if done.code != 0 and not reason:
        reason = f"ffmpeg: {done.code}"
    if not reason and told.seconds and told.seconds < DECODED_SECONDS:
        played = max((int(m[1]) for m in _PLAYED.finditer(done.out)), default=0) / 1_000_000
        if played < _SHARE * told.seconds - 0.5:
            reason = f"{played:.1f} of {told.seconds:.1f} s"
    return replace(told, state="damaged", reason=reason) if reason else told


def _stream(said: dict[str, Any]) -> str:
    size = f" {said['width']}x{said['height']}" if said.get("width") else ""
    return f"{said.get('codec_name', said.get('codec_type', '?'))}{size}"


def _seconds(said: dict[str, Any]) -> float | None:
    try:
        return float(said["format"]["duration"])
    except (KeyError, ValueError):
        return None


def _first_line(said: bytes, path: Path) -> str:
    """The first fault told, without the place in memory and the path in front of it."""
    for line in said.decode("utf-8", "replace").splitlines():
        told = line.rpartition("] ")[2].replace(f"file:{path}", "").strip(" :")
        if told:
            return told[:200]
    return ""


def _is_cut(path: Path) -> str:
    """RIFF (wav, avi) and ASF (wma, wmv) say how long they are; ffmpeg does not mind where the rest is missing."""
    with path.open("rb") as file:
        head = file.read(65536)
    said, at = 0, head.find(_ASF_PROPERTIES)
    if head[:4] == b"RIFF" and len(head) >= 12:
        (size,) = struct.unpack_from("<L", head, 4)
        said = size + 8 if size not in (0, 0xFFFFFFFF) else 0
    elif head.startswith(_ASF) and 0 < at < len(head) - 48:
        (said,) = struct.unpack_from("<Q", head, at + 40)
    have = path.stat().st_size
    return f"{have} of {said} bytes" if said > have + 1 else ""
