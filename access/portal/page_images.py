"""Page images: drawn when asked for, a few at a time, the last ones kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable

WIDTH_STEP, NARROWEST, WIDEST = 100, 100, 2000  # pixels
AT_ONCE = 2  # pages drawn at the same time: others wait
KEPT_BYTES = 48_000_000


def fitting_width(asked: str, usual: int) -> int | None:
    """The width to draw: a whole number of pixels, brought to a step and into bounds; None for what is no number."""
    if not asked:
        return usual
    if not asked.isascii() or not asked.isdigit() or len(asked) > 5:
        return None
    return max(NARROWEST, min(WIDEST, -(-int(asked) // WIDTH_STEP) * WIDTH_STEP))


class PageImages:
    """A bounded memory of drawn pages; `key` must name the bytes, so that it is never stale."""

    def __init__(self) -> None:
        self._drawing = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """The image of this key, drawn by `draw` where it is not kept; what `draw` raises goes through."""
        kept = self._recall(key)
        if kept is not None:
            return kept
        with self._drawing:
            image = self._recall(key) or draw()
        self._keep(key, image)
        return image

    def _recall(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: str, image: bytes) -> None:
        with self._lock:
            self._bytes += len(image) - len(self._kept.get(key, b""))
            self._kept[key] = image
            while self._bytes > KEPT_BYTES and self._kept:
                self._bytes -= len(self._kept.popitem(last=False)[1])
