"""Memory that no other process of the same account may look into: the program's, which holds keys, and the workers'.

Without this, whoever runs under an account may read the memory and the environment of everything that runs under it
(``man 2 ptrace``, the access checks). Linux only; macOS asks for an entitlement by itself.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_DUMPABLE = 4  # linux/prctl.h
# linux/capability.h: a header of version 3 and process 0, this one; effective, permitted, inheritable, in two halves
_CAPABILITIES = 0x20080522
_SETS = struct.Struct("6I")
# root may keep to read what belongs to others: Python itself may be somebody's. Landlock has the say over files
_KEPT = 1 << 2  # CAP_DAC_READ_SEARCH


def close_memory() -> None:
    """For this process, for good; debuggers and dumps of a crash are shut out with the rest, unless they are root's."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def drop_capabilities() -> None:
    """What root may do to other people's processes and files, this process may no longer; call it in a single thread."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITIES, 0))
        sets = ctypes.create_string_buffer(_SETS.size)
        if libc.capget(header, sets) == 0:
            effective, permitted, _, *_ = _SETS.unpack(sets.raw)
            libc.capset(header, _SETS.pack(effective & _KEPT, permitted & _KEPT, 0, 0, 0, 0))


def is_closed(pid: int) -> bool:
    """Whether this process is refused the memory of another one: tried, not assumed."""
    if not Path("/proc/self").exists():
        return False
    try:
        os.close(os.open(f"/proc/{pid}/mem", os.O_RDONLY))
    except OSError:
        return True
    return False
