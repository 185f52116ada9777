"""Whether a PDF has layers (optional content), which may be switched off. PDFium does not say; the file's bytes do."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import IO


def _named(*names: str) -> re.Pattern[bytes]:
    """The names of PDF, each letter as itself or as its number (#4f)."""
    spelt = ("".join(f"(?:{char}|(?i:#{ord(char):02x}))" for char in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelt)})\\b".encode())


# what a file with layers holds: PDFium needs none but these to leave something unpainted
_LAYERS = _named("OCProperties", "OCG", "OCMD", "ViewState")
_PACKED = _named("ObjStm")
_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_OTHER = re.compile(rb"/(?:DecodeParms|DP|ASCII85Decode|ASCIIHexDecode|LZWDecode|RunLengthDecode|Crypt)\b")
_PIECE = 2**20
# the longest name, and the longest dictionary of a packed part
_LONGEST = 40
_DICTIONARY = 2_000
# packed parts that are looked into, and bytes of one of them; a file with more may have layers
_MAX_PARTS = 2_000
_MAX_UNPACKED = 2**24
_MAX_ALL = 2**27


def may_have_layers(path: Path) -> bool:
    """Whether the file names layers, in the open or packed; also where a part cannot be looked into."""
    packed: list[int] = []
    with path.open("rb") as file:
        before, place = b"", 0
        while piece := file.read(_PIECE):
            both = before + piece
            if _LAYERS.search(both):
                return True
            start = place - len(before)
            packed += [start + match.start() for match in _PACKED.finditer(both)]
            if len(packed) > 2 * _MAX_PARTS:
                return True
            place += len(piece)
            before = both[-_LONGEST:]
        left = _MAX_ALL
        for part in sorted(set(packed)):
            unpacked = _unpacked(file, part)
            if unpacked is None or _LAYERS.search(unpacked) or (left := left - len(unpacked)) < 0:
                return True
    return False


def _unpacked(file: IO[bytes], place: int) -> bytes | None:
    """What is packed in the object stream whose dictionary has its type at ``place``; ``None`` if that is not known."""
    start = max(place - _DICTIONARY, 0)
    file.seek(start)
    around = file.read(2 * _DICTIONARY)
    begin = _STREAM.search(around, place - start)
    if begin is None:
        return None
    dictionary = around[around.rfind(b" obj", 0, place - start) + 1 : begin.start()]
    if not _FLATE.search(dictionary) or _OTHER.search(dictionary):
        return None
    file.seek(start + begin.end())
    unpacker = zlib.decompressobj()
    found = bytearray()
    try:
        while not unpacker.eof and (piece := file.read(2**16)):
            found += unpacker.decompress(piece, _MAX_UNPACKED + 1 - len(found))
            if len(found) > _MAX_UNPACKED:
                return None
    except zlib.error:
        return None
    return bytes(found)
