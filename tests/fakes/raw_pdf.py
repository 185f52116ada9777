"""A PDF from its objects as they are written, sound or not: what no library would write."""

from __future__ import annotations

from collections.abc import Iterable


def raw_pdf(objects: Iterable[str | bytes]) -> bytes:
    """A file of these objects, numbered from 1 with a table of where they begin; the first one is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        content = content.encode("latin-1") if isinstance(content, str) else content
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, count = len(out), len(places) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (count, start))
