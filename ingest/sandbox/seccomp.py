"""Takes from this process what reading a file does not need: memory, sockets, programs, processes, written files.

    confine(memory) -> names of the protections that hold, for the other side to show

Resource limits hold on every POSIX system, except the address space on macOS. The rest is a seccomp filter
(Linux on x86-64 and ARM64; ``man 2 seccomp``): the system calls below fail with EPERM from then on, for
good and for every thread started later. Elsewhere they are left out, and are missing from the answer.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

try:
    import resource
except ImportError:  # Windows: the time limit of the other side still holds
    resource = None  # type: ignore[assignment]

# what a parser opens at once: the file, its parts, fonts and models of the recogniser; ten in practice
_OPEN_FILES = 256

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_KILL, _ALLOW, _DENY = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
# glibc falls back to the older call, whose arguments a filter can read
_UNKNOWN = 0x00050000 | errno.ENOSYS
# BPF: load a word of the call's data, compare, test bits, return
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | getattr(os, "O_CREAT", 0) | getattr(os, "O_TRUNC", 0)

# audit architecture and numbers of the system calls, x86-64 and ARM64 (the generic table); -1: there is none
_ARCHES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_REFUSED: Final = {
    # network; the second ones set up queues that make calls the filter never sees
    "socket": (41, 198), "socketpair": (53, 199), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    # programs
    "execve": (59, 221), "execveat": (322, 281),
    # other processes: clone is allowed for threads, tgkill and prlimit64 on this process
    "fork": (57, -1), "vfork": (58, -1), "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    # ways around the view of files, and the kernel's own programs
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_by_handle_at": (304, 265), "fsopen": (430, 430), "move_mount": (429, 429),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218),
    # files: nothing is made, changed or removed; opening for writing is refused by its flags
    "creat": (85, -1), "truncate": (76, 45), "unlink": (87, -1), "unlinkat": (263, 35), "rmdir": (84, -1),
    "rename": (82, -1), "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, -1), "mkdirat": (258, 34),
    "link": (86, -1), "linkat": (265, 37), "symlink": (88, -1), "symlinkat": (266, 36), "mknod": (133, -1),
    "mknodat": (259, 33), "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "lchown": (94, -1), "fchown": (93, 55), "fchownat": (260, 54), "setxattr": (188, 5),
    "utimensat": (280, 88),
}  # fmt: skip
_NO_SUCH_CALL: Final = {"clone3": (435, 435), "openat2": (437, 437)}
_OPEN, _OPENAT, _CLONE, _TGKILL, _PRLIMIT64 = (2, -1), (257, 56), (56, 220), (234, 131), (302, 261)


def confine(memory: int) -> tuple[str, ...]:
    """Limits this process for good; ``memory`` is its address space in bytes. Call it before threads are started.

    Returns those of ``memory``, ``processor time``, ``files``, ``network``, ``programs`` that hold.
    """
    held: list[str] = []
    if resource is not None:
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
        if sys.platform != "darwin" and _limit(resource.RLIMIT_AS, memory):
            held.append("memory")
        held.append("processor time")  # set for each file, see worker.py
        if _limit(resource.RLIMIT_FSIZE, 0):  # regular files; the answers go through a pipe
            held.append("files")
    if _filter_calls():
        held += ["network", "programs"]
    return tuple(held)


def limit_cpu(seconds: int) -> None:
    """This many more seconds of processor time from now on; the limit counts a process's whole life."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def peak_memory() -> int:
    """Bytes that this process had in memory at most, since its program began; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):  # Linux
        return 1024 * int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0])
    if resource is None:
        return 0
    # on Linux it would begin with what the program that started this one had in memory: gigabytes of models
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _limit(kind: int, most: int) -> bool:
    with suppress(ValueError, OSError):
        soft, hard = resource.getrlimit(kind)
        bounds = [most, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
        resource.setrlimit(kind, (min(bounds), min(bounds)))
        return True
    return False


def _filter_calls() -> bool:
    """Whether the filter is in force."""
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    if sys.platform != "linux" or machine not in _ARCHES or struct.calcsize("P") != 8:
        return False
    program = call_filter(machine, os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, padding, their address
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    try:
        prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
        return prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and (
            prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0
        )
    except (OSError, AttributeError):
        return False


def call_filter(machine: str, pid: int) -> bytes:
    """The filter as BPF instructions of eight bytes each; ``pid`` may signal and limit itself only."""
    arch, column = _ARCHES[machine]
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, arch, 1, 0), _op(_RETURN, _KILL), _op(_LOAD, _NUMBER)]
    if machine == "x86_64":
        code += [_op(_AT_LEAST, _X32, 0, 1), _op(_RETURN, _DENY)]
    for answer, calls in ((_DENY, _REFUSED), (_UNKNOWN, _NO_SUCH_CALL)):
        for numbers in calls.values():
            if numbers[column] >= 0:
                code += [_op(_EQUAL, numbers[column], 0, 1), _op(_RETURN, answer)]
    denied, allowed = _op(_RETURN, _DENY), _op(_RETURN, _ALLOW)
    for numbers, argument, tests in (
        (_OPEN, 1, [_op(_BITS, _FOR_WRITING, 0, 1), denied, allowed]),
        (_OPENAT, 2, [_op(_BITS, _FOR_WRITING, 0, 1), denied, allowed]),
        (_CLONE, 0, [_op(_BITS, _CLONE_THREAD, 1, 0), denied, allowed]),
        (_TGKILL, 0, [_op(_EQUAL, pid, 1, 0), denied, allowed]),
        (_PRLIMIT64, 0, [_op(_EQUAL, 0, 2, 0), _op(_EQUAL, pid, 1, 0), denied, allowed]),
    ):
        if numbers[column] >= 0:
            tests = [_op(_LOAD, _ARGUMENT + 8 * argument), *tests]
            code += [_op(_EQUAL, numbers[column], 0, len(tests)), *tests]
    return b"".join([*code, allowed])


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
