"""Layers (optional content): what is switched off is not painted and is hidden text, what is on is text."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.errors import DocumentRefused
from fakes.raw_pdf import raw_pdf
from ingest.parsing.pdf.layers import may_have_layers

SEEN = "Visitors register at the front desk."
LAYER = "The side door is open on Sundays."


def line(y: int, said: str, mode: int = 0) -> bytes:
    return f"BT {mode} Tr /F 12 Tf 72 {y} Td ({said}) Tj ET\n".encode()


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(content), content)


def layered(content: bytes, form: bytes = b"", layer: bytes = b"", config: bytes = b"/OFF[6 0 R]") -> bytes:
    """A page; 6 is the layer that is off, 7 the one that is on. ``/X`` is a form of the layer ``layer``."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R 7 0 R]/D<<" + config + b">>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>"
        b"/XObject<</X 9 0 R>>/Properties<</Off 6 0 R/On 7 0 R/All 8 0 R>>>>>>",
        stream(content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/OCG/Name(off)>>",
        b"<</Type/OCG/Name(on)>>",
        b"<</Type/OCMD/OCGs[6 0 R 7 0 R]/P/AllOn>>",
        stream(form, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>" + layer),
    ]
    return raw_pdf(objects)


WORDS = line(700, LAYER)


@pytest.mark.parametrize(
    "made",
    [
        layered(line(760, SEEN) + b"/OC /Off BDC\n" + WORDS + b"EMC"),
        layered(line(760, SEEN) + b"/OC /Off BDC /Span <</Lang(en)>> BDC\n" + WORDS + b"EMC EMC"),
        layered(line(760, SEEN) + b"/OC /All BDC\n" + WORDS + b"EMC"),
        layered(line(760, SEEN) + b"/OC /On BDC\n" + WORDS + b"EMC", config=b"/BaseState/OFF"),
        layered(line(760, SEEN) + b"/OC /Off BDC /X Do EMC", WORDS),
        layered(line(760, SEEN) + b"/X Do", WORDS, b"/OC 6 0 R"),
    ],
    ids=["off", "with marks in it", "one of two is off", "all are off", "around a form", "named by a form"],
)
def test_a_layer_that_is_off_is_hidden_text(parsed, made: bytes) -> None:
    document = parsed("layers.pdf", made)
    assert document.text == SEEN
    assert [(piece.how, piece.text) for piece in document.hidden] == [("marked", LAYER)]


@pytest.mark.parametrize(
    "made",
    [
        layered(line(760, SEEN) + b"/OC /On BDC\n" + WORDS + b"EMC"),
        layered(line(760, SEEN) + b"/X Do", WORDS, b"/OC 7 0 R"),
        layered(line(760, SEEN) + b"/X Do", WORDS),
    ],
    ids=["on", "named by a form", "a form of no layer"],
)
def test_a_layer_that_is_on_is_text(parsed, made: bytes) -> None:
    document = parsed("layers.pdf", made)
    assert document.text.split("\n\n") == [SEEN, LAYER]
    assert document.hidden == ()


def test_a_file_of_unpainted_text_without_a_scan_shows_nobody_a_word(parsed) -> None:
    with pytest.raises(DocumentRefused, match="all of its 6 words are hidden"):
        parsed("layer.pdf", layered(line(760, SEEN, mode=3)))


def packed(content: bytes, filters: bytes = b"/Filter/FlateDecode") -> bytes:
    import zlib

    data = zlib.compress(content)
    return b"%PDF-1.7\n1 0 obj\n" + stream(data, b"/Type/ObjStm/N 1/First 4" + filters) + b"\nendobj\n%%EOF"


@pytest.mark.parametrize(
    ("content", "layers"),
    [
        (layered(b""), True),
        (layered(b"").replace(b"OCProperties", b"O#43Properties"), True),
        (packed(b"2 0 <</Type/Catalog/OCProperties<<>>>>"), True),
        (packed(b"2 0 <</Type/Catalog/Pages 3 0 R>>"), False),
        (packed(b"2 0 <</Type/Catalog/Pages 3 0 R>>", b"/Filter/LZWDecode"), True),
        (packed(b"2 0 <</Type/Catalog/Pages 3 0 R>>").replace(b"x\x9c", b"??"), True),
        (raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>"]), False),
        (b"%PDF-1.7\n" + bytes(2**20 - 14) + b"/OCProperties", True),
    ],
    ids=["named", "spelt in numbers", "packed", "packed without layers", "packed otherwise", "damaged", "none", "across two pieces"],
)  # fmt: skip
def test_which_files_may_have_layers(tmp_path: Path, content: bytes, layers: bool) -> None:
    file = tmp_path / "file.pdf"
    file.write_bytes(content)
    assert may_have_layers(file) is layers
