"""Fonts that name no character, a wrong one, or one beyond Unicode."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chatbot.errors import DocumentRefused
from fakes.raw_pdf import raw_pdf
from ingest.parsing import ocr
from ingest.parsing.ocr import installed
from ingest.parsing.parse import parse
from ingest.parsing.pdf.maps import is_nonsense

ENGLISH = "The warranty lasts twenty seven months after delivery. Claims are sent to the depot in Incheon. Spare parts are kept."
KOREAN = "위에서 말한 보험료는 계약자가 매월 납입하여야 하며 회사는 그 사실을 알려야 한다. 직원은 매년 연차 휴가를 받는다."
POLISH = "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem."
CODES = (
    "WX-4417 KQZX-0019 HBGT/20 x1b 0x7fff TRQ BVX 12,500 EUR http://qxz.example/vbnx?a=9 kjh_qwrt.zxp " * 4
)


def mapped(said: str, name: Callable[[str], str], font: str = "Helvetica") -> bytes:
    """A page that says this, with a font whose character map gives ``name`` (hexadecimal) for each character."""
    pairs = "\n".join(f"<{ord(char):02X}> <{name(char)}>" for char in sorted(set(said)))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <FF> endcodespacerange\n{len(set(said))} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    )
    content = (
        "BT /F 11 Tf 14 TL 60 700 Td "
        + " ".join(f"({part}) Tj T*" for part in re.findall(r".{1,60}(?: |$)", said))
        + " ET"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        f"<</Type/Font/Subtype/Type1/BaseFont/{font}/ToUnicode 6 0 R>>",
        f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream",
    ]
    return raw_pdf(objects)


def shifted(char: str) -> str:
    return f"{ord(char) - 4 if char.isalpha() else ord(char):04X}"


def unnamed(char: str) -> str:
    return "0000" if char == "f" else f"{ord(char):04X}"


@pytest.mark.parametrize("text", [ENGLISH, KOREAN, POLISH, CODES, "", "한 줄"])
def test_language_numbers_and_codes_are_no_nonsense(text: str) -> None:
    assert not is_nonsense(text)


@pytest.mark.parametrize("by", [-29, -4, -1, 1, 2, 3, 5])
def test_shifted_letters_are_nonsense(by: int) -> None:
    assert is_nonsense("".join(chr(ord(char) + by) if char.isalpha() else char for char in ENGLISH))
    assert is_nonsense("".join(chr(ord(char) + by) if "가" <= char <= "힣" else char for char in KOREAN))


def test_letters_with_their_bytes_exchanged_are_nonsense_and_chinese_is_not() -> None:
    swapped = "".join(chr(ord(char) << 8) if char.isalnum() else char for char in "Pure Black (K = 100)")
    assert swapped.startswith("倀甀爀攀")
    assert is_nonsense(swapped)
    assert not is_nonsense("第一章 总则 本规定适用于全体员工。年假为二十五天,病假须附医生证明。" * 3)
    assert not is_nonsense("휴가는 25일이다. 甀")


def test_a_page_whose_font_names_other_letters_is_not_indexed_as_it_is(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    path = tmp_path / "wrong.pdf"
    path.write_bytes(mapped(ENGLISH, shifted))
    with pytest.raises(DocumentRefused, match="OCR") as refusal:
        parse(path)
    assert refusal.value.missing == "ocr"


def test_letters_without_a_name_are_marked_and_said(parsed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    document = parsed("lost.pdf", mapped("Half of the staff of the firm left after five months.", unnamed))
    assert (
        document.text
        == "Hal\ufffd o\ufffd the sta\ufffd\ufffd o\ufffd the \ufffdirm le\ufffdt a\ufffdter \ufffdive months."
    )
    assert document.partial == "page 1 with letters that the fonts do not name (marked as \ufffd)"
    assert document.missing == "ocr"


@pytest.mark.skipif(not ocr.available(), reason=f"OCR is not installed: {ocr.INSTALL}")
@pytest.mark.parametrize("name", [shifted, unnamed])
def test_ocr_reads_what_the_fonts_name_wrongly(parsed, name: Callable[[str], str]) -> None:
    document = parsed("read.pdf", mapped(ENGLISH + " Half of the staff left after five months.", name))
    assert "lasts twenty seven months after delivery" in " ".join(document.text.split())
    assert "Half of the staff left after five" in " ".join(document.text.split())
    assert document.partial == ""


def test_a_code_beyond_unicode_does_not_fail_the_file(parsed) -> None:
    cmap = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /M-H def\n/CMapType 1 def\n"
        "2 begincodespacerange\n<00> <7F>\n<F0808080> <F7BFBFBF>\nendcodespacerange\n1 begincidrange\n<00> <7F> 0\n"
        "endcidrange\n1 begincidchar\n<F0A8A780> 201\nendcidchar\nendcmap\nend end"
    )
    content = "BT /F2 12 Tf 72 780 Td (The contract runs until May 2031.) Tj 0 -20 Td /F1 12 Tf <616263F0A8A780> Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R/F2 9 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/Mine/Encoding 6 0 R/DescendantFonts[7 0 R]>>",
        "<</Type/CMap/CMapName/M-H/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/Length {len(cmap)}>>stream\n{cmap}\nendstream",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Mine/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        "/FontDescriptor 8 0 R/DW 1000>>",
        "<</Type/FontDescriptor/FontName/Mine/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200"
        "/CapHeight 700/StemV 80>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    document = parsed("big.pdf", raw_pdf(objects))
    assert document.text.split("\n")[0] == "The contract runs until May 2031."


@pytest.mark.parametrize(
    ("font", "codes", "text"),
    [
        ("ABCDEF+Wingdings-Regular", ("F0FE", "F0A8"), "☑☐"),
        ("Wingdings-Regular", ("00FE", "00A8"), "☑☐"),
        ("ABCDEF+SymbolMT", ("F06D", "F0B3"), "μ≥"),
        ("SymbolMT", ("00D7", "03BC"), "×μ"),
        ("Helvetica", ("00FE", "00A8"), "þ¨"),
    ],
)
def test_signs_are_those_of_the_font(parsed, font: str, codes: tuple[str, str], text: str) -> None:
    data = mapped("ab", dict(zip("ab", codes, strict=True)).__getitem__, font)
    assert parsed("a.pdf", data).text == text
