"""The web process gives up the right to write for good: the kernel refuses it, whatever the process is made to do.

Landlock (Linux 5.13 and newer) binds this thread and all that it starts from now on, children too; it needs no privilege and
cannot be taken back. What may still be written are the folders that are named.
"""

import ctypes
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_NO_NEW_PRIVILEGES: Final = 38
_VERSION: Final = 1
_BENEATH: Final = 1
# write a file, remove folder and file, make: device, folder, file, socket, fifo, block device, link; move elsewhere; truncate
_WRITING: Final = {1: 1 << 1 | sum(1 << n for n in range(4, 13)), 2: 1 << 13, 3: 1 << 14}


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def can_confine() -> bool:
    """Whether this kernel has Landlock."""
    return _version() > 0


def write_only_below(folders: Iterable[Path]) -> bool:
    """From now on nothing can be written but below `folders`; False where the kernel cannot do it. Raises OSError.

    Call it before any other thread is started.
    """
    version = _version()
    if version < 1:
        return False
    rights = sum(bits for since, bits in _WRITING.items() if since <= version)
    libc = ctypes.CDLL(None, use_errno=True)
    asked = _Ruleset(rights)
    ruleset = _checked(libc.syscall(_CREATE, ctypes.byref(asked), ctypes.sizeof(asked), 0))
    try:
        for folder in folders:
            parent = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = _Beneath(rights, parent)
                _checked(libc.syscall(_ADD, ruleset, _BENEATH, ctypes.byref(rule), 0))
            finally:
                os.close(parent)
        _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    if platform.system() != "Linux":
        return 0
    found = ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _VERSION)
    return max(int(found), 0)


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(answer)
