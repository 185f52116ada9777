"""A seccomp filter: system calls that reading a file does not need fail with EPERM from then on, for good.

It is in force for this thread and every thread started later, on Linux on x86-64 and ARM64 (``man 2 seccomp``);
elsewhere there is none. The filter is a program of BPF instructions; every number in it is part of the kernel's
stable interface, and none differs between kernels:

| number | where it is defined |
|---|---|
| `_PR_*` | linux/prctl.h |
| `_SECCOMP_MODE_FILTER`, the answers `_KILL`, `_ALLOW`, `_DENY`, `_UNKNOWN` | linux/seccomp.h |
| offsets `_NUMBER`, `_ARCH`, `_ARGUMENT` | struct seccomp_data in linux/seccomp.h: nr, arch, instruction_pointer, args[6] |
| instructions `_LOAD`, `_EQUAL`, `_AT_LEAST`, `_BITS`, `_RETURN` | linux/bpf_common.h: LD+W+ABS, JMP+JEQ, JMP+JGE, JMP+JSET, RET |
| audit architectures in `_ARCHES` | linux/audit.h: the machine's number in linux/elf-em.h, 64 bits, little-endian |
| `_X32` | asm/unistd.h on x86-64: __X32_SYSCALL_BIT |
| `_CLONE_THREAD` | linux/sched.h |
| system calls, x86-64 | arch/x86/entry/syscalls/syscall_64.tbl |
| system calls, ARM64 | include/uapi/asm-generic/unistd.h |
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Callable
from typing import Final

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


def install_filter() -> bool:
    """Whether the filter is in force now. Call it before threads are started."""
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
