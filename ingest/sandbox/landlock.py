"""Landlock: from now on this process sees only the files that it is told of here (``man 7 landlock``, Linux from 5.13).

A file that is open already, or that another process passes on, can be read all the same. Every number in here is part
of the kernel's stable interface: system calls in asm-generic/unistd.h, where they are the same on every machine, the
rest in linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# by version of the interface: all accesses to files that it knows, all to TCP, all scopes (signals, abstract sockets)
_KNOWN: Final = {
    1: (0x1FFF, 0, 0),
    2: (0x3FFF, 0, 0),
    3: (0x7FFF, 0, 0),
    4: (0x7FFF, 0x3, 0),
    5: (0xFFFF, 0x3, 0),
    6: (0xFFFF, 0x3, 0x3),
}
_PR_SET_NO_NEW_PRIVS = 38


def restrict_files(readable: Iterable[Path]) -> int:
    """Only files and folders in ``readable`` can be opened from now on, to be read. Call it before threads are started.

    What is not there is left out. Returns the version of the interface in the kernel, 0 if it has none: then
    nothing has changed.
    """
    if sys.platform != "linux":
        return 0
    with suppress(OSError, AttributeError):
        return _restrict(ctypes.CDLL(None, use_errno=True), readable)
    return 0


def _restrict(libc: ctypes.CDLL, readable: Iterable[Path]) -> int:
    version = int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))
    if version < 1:
        return 0
    accesses = _KNOWN[min(version, max(_KNOWN))]
    ruleset = struct.pack("QQQ", *accesses)[: _ruleset_size(version)]
    rules = _checked(libc.syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(len(ruleset)), 0))
    try:
        for path in readable:
            with suppress(OSError):
                _allow(libc, rules, path)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)
    return version


def _ruleset_size(version: int) -> int:
    """Bytes of struct landlock_ruleset_attr; an older kernel refuses what it does not know."""
    return 8 if version < 4 else 16 if version < 6 else 24


def _allow(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    place = os.open(path, getattr(os, "O_PATH", 0))
    try:
        access = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        # struct landlock_path_beneath_attr, packed
        _checked(libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", access, place), 0))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return result
