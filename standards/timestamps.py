"""Time stamps of RFC 3161: that bytes existed at a time, said by an authority outside (sha256, nonce, certificate asked)."""

from collections.abc import Callable
from functools import partial

import requests
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from standards.errors import KhoError

_GRANTED = (0, 1)
_SECONDS = 30


class BadTimestamp(KhoError):
    """A time stamp that cannot be read, or that the authority did not grant."""

    code = "bad-timestamp"
    vi = "Dấu thời gian không dùng được: {reason}."
    en = "The time stamp cannot be used: {reason}."


class NoTimestamp(KhoError):
    """The authority gave no time stamp."""

    code = "no-timestamp"
    vi = "Không lấy được dấu thời gian từ {url}: {reason}. Nhật ký đã lưu; chạy lại `kho journal export` để đóng dấu."
    en = "No time stamp from {url}: {reason}. The journal is stored; run `kho journal export` again to have it stamped."


def stamp(url: str, data: bytes) -> bytes:
    """The authority's response (DER) to a request for `data`. Raises NoTimestamp."""
    request = (
        TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    )
    try:
        answer = requests.post(
            url, data=request.as_bytes(), timeout=_SECONDS, allow_redirects=False,
            headers={"Content-Type": "application/timestamp-query"},
        )  # fmt: skip
        answer.raise_for_status()
        response = decode_timestamp_response(answer.content)
    except (requests.RequestException, ValueError) as problem:
        raise NoTimestamp(url=url, reason=problem) from problem
    if response.status not in _GRANTED:
        raise NoTimestamp(url=url, reason=", ".join(response.status_string) or response.status)
    if (response.tst_info.nonce, imprint_of(answer.content)) != (
        request.nonce,
        request.message_imprint.message,
    ):
        raise NoTimestamp(url=url, reason="nonce / imprint")
    return answer.content


def stamper(url: str | None) -> Callable[[bytes], bytes] | None:
    """What stamps at the authority of `url`; None where no authority is configured."""
    return partial(stamp, url) if url else None


def imprint_of(response: bytes) -> bytes:
    """The digest that a response (DER) stamps. Raises BadTimestamp."""
    try:
        decoded = decode_timestamp_response(response)
        if decoded.status not in _GRANTED:
            raise BadTimestamp(reason=decoded.status)
        return bytes(decoded.tst_info.message_imprint.message)
    except ValueError as problem:
        raise BadTimestamp(reason=problem) from problem
