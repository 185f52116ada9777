"""The compressed RTF of Outlook: ``[MS-OXRTFCP]``. A ring of 4,096 bytes that begins with words that are frequent in RTF."""

from __future__ import annotations

import struct

from chatbot.errors import DocumentRefused
from ingest.parsing.limits import MAX_TEXT

_FREQUENT = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_RING = 4096
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_DAMAGED = "The message cannot be read. Save it again as .eml."


def unpacked_rtf(data: bytes) -> bytes:
    """The RTF, at most ``MAX_TEXT`` bytes. Raises ``DocumentRefused`` for something else."""
    if len(data) < 16 or data[8:12] not in (_COMPRESSED, _PLAIN):
        raise DocumentRefused(_DAMAGED)
    size = min(struct.unpack_from("<I", data, 4)[0], MAX_TEXT)
    if data[8:12] == _PLAIN:
        return data[16 : 16 + size]
    ring = bytearray(_FREQUENT.ljust(_RING, b"\0"))
    write, position = len(_FREQUENT), 16
    found = bytearray()
    while position < len(data) and len(found) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                piece = data[position : position + 1]
                position += 1
            else:
                reference = int.from_bytes(data[position : position + 2], "big")
                position += 2
                offset, length = reference >> 4, (reference & 15) + 2
                if offset == write % _RING or position > len(data):
                    return bytes(found[:size])
                piece = b""
                for step in range(length):
                    # it may read what it has just written
                    byte = (
                        ring[(offset + step) % _RING]
                        if step < (write - offset) % _RING
                        else piece[step - (write - offset) % _RING]
                    )
                    piece += bytes([byte])
            for byte in piece:
                ring[write % _RING] = byte
                write += 1
            found += piece
    return bytes(found[:size])
