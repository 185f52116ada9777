"""Writes compound files (OLE2, version 3), as small as they may be: for tests of the formats that live in them.

header | sectors of 512 bytes: streams, the mini stream, mini FAT, directory, FAT
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT_SECTOR, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """``streams`` by their names, folders before a ``/``."""
    parts = [name.split("/")[:-1] for name in streams]
    folders = sorted({"/".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)})
    names = ["", *folders, *streams]
    sectors: list[bytes] = []
    fat: list[int] = []

    def add(data: bytes) -> int:
        """The first of the sectors that now hold ``data``."""
        if not data:
            return _END
        first = len(sectors)
        chunks = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        sectors.extend(chunks)
        fat.extend([*range(first + 1, first + len(chunks)), _END])
        return first

    mini, mini_fat = bytearray(), []
    starts: dict[str, int] = {}
    for name, data in streams.items():
        if len(data) >= _CUTOFF:
            starts[name] = add(data)
        elif data:
            starts[name] = len(mini_fat)
            count = -(-len(data) // _MINI)
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), _END]
            mini += data.ljust(count * _MINI, b"\0")
        else:
            starts[name] = _END
    mini_start = add(bytes(mini))
    mini_fat_start = add(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    mini_fat_sectors = -(-4 * len(mini_fat) // _SECTOR)

    def children(folder: str) -> list[int]:
        of = [at for at, name in enumerate(names) if name and name.rpartition("/")[0] == folder]
        return sorted(of, key=lambda at: (len(_leaf(names[at])), _leaf(names[at]).upper()))

    first_child, next_sibling = {}, {}
    for folder in ("", *folders):
        inner = children(folder)
        first_child[folder] = inner[0] if inner else _NONE
        next_sibling.update(zip(inner, [*inner[1:], _NONE], strict=False))
    directory = b""
    for at, name in enumerate(names):
        label = (_leaf(name) if name else "Root Entry").encode("utf-16-le")
        kind = 5 if not name else 2 if name in streams else 1
        size = len(streams[name]) if kind == 2 else len(mini) if kind == 5 else 0
        start = starts[name] if kind == 2 else mini_start if kind == 5 else 0
        directory += label.ljust(64, b"\0") + struct.pack("<HBB", len(label) + 2, kind, 1)
        directory += struct.pack("<3I", _NONE, next_sibling.get(at, _NONE), first_child.get(name, _NONE))
        directory += bytes(36) + struct.pack("<IQ", start, size)
    directory_start = add(directory)
    fat_sectors = 1
    while fat_sectors * (_SECTOR // 4) < len(fat) + fat_sectors:
        fat_sectors += 1
    fat_start = len(sectors)
    table = [*fat, *[_FAT_SECTOR] * fat_sectors]
    table += [_FREE] * (fat_sectors * (_SECTOR // 4) - len(table))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    )
    header += struct.pack("<4I", 0, fat_sectors, directory_start, 0)
    header += struct.pack("<5I", _CUTOFF, mini_fat_start, mini_fat_sectors, _END, 0)
    in_header = [*range(fat_start, fat_start + fat_sectors)]
    header += struct.pack("<109I", *in_header, *[_FREE] * (109 - fat_sectors))
    return header + b"".join(sectors)


def _leaf(name: str) -> str:
    return name.rpartition("/")[2]
