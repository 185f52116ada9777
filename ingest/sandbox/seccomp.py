"""A seccomp filter: only the system calls that reading a file needs are left, for good; all others fail with an error.

It is in force for every thread of this process, on Linux on x86-64 and ARM64 (``man 2 seccomp``); elsewhere there is
none. What is allowed comes from traces of every parser, the recogniser and the page drawer, and from what the C
library and CPython may call in other versions. The filter is a program of BPF instructions; every number in it is
part of the kernel's stable interface, and none differs between kernels:

| number | where it is defined |
|---|---|
| `_PR_SET_NO_NEW_PRIVS`, and those allowed of `prctl` | linux/prctl.h |
| `_SECCOMP_SET_MODE_FILTER`, `_ALL_THREADS`, the answers `_ALLOW`, `_DENY`, `_UNKNOWN` | linux/seccomp.h |
| offsets `_NUMBER`, `_ARCH`, `_ARGUMENT` | struct seccomp_data in linux/seccomp.h: nr, arch, instruction_pointer, args[6] |
| instructions `_LOAD`, `_EQUAL`, `_AT_LEAST`, `_BITS`, `_RETURN` | linux/bpf_common.h: LD+W+ABS, JMP+JEQ, JMP+JGE, JMP+JSET, RET |
| audit architectures in `_ARCHES` | linux/audit.h: the machine's number in linux/elf-em.h, 64 bits, little-endian |
| `_X32` | asm/unistd.h on x86-64: __X32_SYSCALL_BIT |
| `_CLONE_THREAD` | linux/sched.h |
| those allowed of `ioctl` and `fcntl` | asm-generic/ioctls.h: TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX; linux/fcntl.h |
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
from collections.abc import Sequence
from typing import Final

_PR_SET_NO_NEW_PRIVS, _SECCOMP_SET_MODE_FILTER, _ALL_THREADS = 38, 1, 1
_ALLOW, _DENY, _UNKNOWN = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
# BPF: load a word of the call's data, compare, test bits, return
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | getattr(os, "O_CREAT", 0) | getattr(os, "O_TRUNC", 0)

# audit architecture and column in the tables, x86-64 and ARM64; -1: there is no such call
_ARCHES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_ALLOWED: Final = {
    # files that are open, and looking at those that are not
    "read": (0, 63), "pread64": (17, 67), "lseek": (8, 62), "write": (1, 64), "readv": (19, 65),
    "writev": (20, 66), "close": (3, 57), "fstat": (5, 80), "stat": (4, -1), "lstat": (6, -1),
    "newfstatat": (262, 79), "statx": (332, 291), "access": (21, -1), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, -1), "readlinkat": (267, 78), "getdents64": (217, 61),
    "getcwd": (79, 17), "statfs": (137, 43), "fstatfs": (138, 44), "fadvise64": (221, 223), "dup": (32, 23),
    "dup2": (33, -1), "dup3": (292, 24), "poll": (7, -1), "ppoll": (271, 73), "select": (23, -1),
    "pselect6": (270, 72),
    # the socket by which files come; none can be made
    "recvmsg": (47, 212),
    # memory
    "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214),
    # threads and the end
    "futex": (202, 98), "set_robust_list": (273, 99), "set_tid_address": (218, 96), "rseq": (334, 293),
    "arch_prctl": (158, -1), "membarrier": (324, 283), "gettid": (186, 178), "getpid": (39, 172),
    "getppid": (110, 173), "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "getcpu": (309, 168), "exit": (60, 93), "exit_group": (231, 94),
    # signals to itself
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    # time, chance, who and where it is
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "gettimeofday": (96, 169), "time": (201, -1), "times": (100, 153), "getrandom": (318, 278), "uname": (63, 160),
    "sysinfo": (99, 179), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getrlimit": (97, 163), "setrlimit": (160, 164), "getrusage": (98, 165),
}  # fmt: skip
# calls that the C library and linear algebra do without where there are none: memory of one processor among several;
# and all that are newer than the one table of numbers for all machines, clone3 among them, which would hide its flags
_DISPENSABLE: Final = {"mbind": (237, 235), "set_mempolicy": (238, 237), "get_mempolicy": (239, 236)}
_NEWER = 424
_OPEN, _OPENAT, _CLONE, _TGKILL, _PRLIMIT64 = (2, -1), (257, 56), (56, 220), (234, 131), (302, 261)
_IOCTL, _FCNTL, _PRCTL = (16, 29), (72, 25), (157, 167)
_TERMINAL_OR_NOT = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5450, 0x5451)
_DESCRIPTOR_ONLY = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
_NAMES_ONLY = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: of threads and of memory


def install_filter() -> bool:
    """Whether the filter is in force now, in all threads."""
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    if sys.platform != "linux" or machine not in _ARCHES or struct.calcsize("P") != 8:
        return False
    program = call_filter(machine, os.getpid())
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, padding, their address
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        seccomp = 317 if machine == "x86_64" else 277
        failed: int = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
            seccomp, _SECCOMP_SET_MODE_FILTER, _ALL_THREADS, ctypes.c_char_p(header)
        )
        return failed == 0
    except (OSError, AttributeError):
        return False


def call_filter(machine: str, pid: int) -> bytes:
    """The filter as BPF instructions of eight bytes each; ``pid`` may signal and limit itself only."""
    arch, column = _ARCHES[machine]
    denied, allowed = _op(_RETURN, _DENY), _op(_RETURN, _ALLOW)
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, arch, 1, 0), denied, _op(_LOAD, _NUMBER)]
    if machine == "x86_64":
        code += [_op(_AT_LEAST, _X32, 0, 1), denied]
    for answer, calls in ((_ALLOW, _ALLOWED), (_UNKNOWN, _DISPENSABLE)):
        for numbers in calls.values():
            if numbers[column] >= 0:
                code += [_op(_EQUAL, numbers[column], 0, 1), _op(_RETURN, answer)]
    for numbers, argument, tests in (
        (_OPEN, 1, [_op(_BITS, _FOR_WRITING, 0, 1), denied, allowed]),
        (_OPENAT, 2, [_op(_BITS, _FOR_WRITING, 0, 1), denied, allowed]),
        (_CLONE, 0, [_op(_BITS, _CLONE_THREAD, 1, 0), denied, allowed]),
        (_TGKILL, 0, _one_of([pid])),
        (_PRLIMIT64, 0, _one_of([0, pid])),
        (_IOCTL, 1, _one_of(_TERMINAL_OR_NOT)),
        (_FCNTL, 1, _one_of(_DESCRIPTOR_ONLY)),
        (_PRCTL, 0, _one_of(_NAMES_ONLY)),
    ):
        if numbers[column] >= 0:
            tests = [_op(_LOAD, _ARGUMENT + 8 * argument), *tests]
            code += [_op(_EQUAL, numbers[column], 0, len(tests)), *tests]
    code += [_op(_AT_LEAST, _NEWER, 0, 1), _op(_RETURN, _UNKNOWN)]
    return b"".join([*code, denied])


def _one_of(values: Sequence[int]) -> list[bytes]:
    """Instructions: allowed if the loaded word is one of these, else refused."""
    tests = [_op(_EQUAL, value, len(values) - at, 0) for at, value in enumerate(values)]
    return [*tests, _op(_RETURN, _DENY), _op(_RETURN, _ALLOW)]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
