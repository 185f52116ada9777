"""Number formats of Excel: each value as a sheet shows it."""

from __future__ import annotations

import pytest

from ingest.parsing.formats.ooxml.sheets.number_format import NumberFormat

ACCOUNTING = '_-"₩"* #,##0_-;\\-"₩"* #,##0_-;_-"₩"* "-"_-;_-@_-'
PHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("General", 0.1 + 0.2, "0.3"),
        ("General", 0.0000001, "1E-07"),
        ('General"명"', 35, "35명"),
        ("0.0%", 0.125, "12.5%"),
        ("0.00%", -0.05, "-5.00%"),
        ('+0.0%;-0.0%;"0%"', 0.031, "+3.1%"),
        ("▲0.0%;▼0.0%", -0.031, "▼3.1%"),
        ("00000", 3187, "03187"),
        ('00"-"0000"-"0000', 212345678, "02-1234-5678"),
        ("000-00-00000", 1234567890, "123-45-67890"),
        ("000000-0000000", 8001011234567, "800101-1234567"),
        (PHONE, 5551234, "555-1234"),
        (PHONE, 2125551234, "(212) 555-1234"),
        ('#,##0"원"', 45_000_000, "45,000,000원"),
        ("[$₩-412]#,##0", 45_000, "₩45,000"),
        ("#,##0.00 [$€-407]", 12.5, "12.50 €"),
        (ACCOUNTING, 45_000, "₩45,000"),
        (ACCOUNTING, -45_000, "-₩45,000"),
        (ACCOUNTING, 0, "₩-"),
        ("#,##0;△#,##0", -1250, "△1,250"),
        ("#,##0.00_);[Red](#,##0.00)", -1234.5, "(1,234.50)"),
        ("#,##0,", 1_234_567, "1,235"),
        ("#,##0.0,,", 1_234_567, "1.2"),
        ('[>=100000000]#,##0.0,,"백만";#,##0', 123_456_789, "123.5백만"),
        ('[Red][>=100]"high" 0;[Blue][<0]"neg" 0;0', 50, "50"),
        ("# ?/?", 2.5, "2 1/2"),
        ("# ??/??", 0.1875, "3/16"),
        ("# ?/8", 2.5, "2 4/8"),
        ("0.00E+00", 12345, "1.23E+04"),
        ("##0.0E+0", 12345, "12.3E+3"),
        ("0.0", 2.25, "2.3"),
        ("#.##", 0.5, ".5"),
        ('"해당 없음"', 3, "해당 없음"),
        ("@", 12, "12"),
        ('"금 "[DBNum4][$-412]General"원정"', 12_345_000, "금 일천이백삼십사만오천원정"),
        ("[DBNum1][$-412]General", 1_200, "一千二百"),
        ("yyyy-mm-dd", 0, "1900-01-00"),
        ("m/d/yy", 0.5, "1/0/00"),
        ("yyyy-mm-dd", 60, "1900-02-29"),
        ("0;-0;;@", 0, None),
        (";;;", 3, None),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: float, shown: str | None) -> None:
    assert NumberFormat(code).shown(value) == shown


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("yyyy-mm-dd", 46027, "2026-01-05"),
        ("m/d/yyyy", 60, "2/29/1900"),
        ("yyyy-mm-dd", 59, "1900-02-28"),
        ('yyyy"년" m"월" d"일" aaaa', 46027, "2026년 1월 5일 월요일"),
        ("[$-412]yyyy. m. d. (ddd)", 46027, "2026. 1. 5. (월)"),
        ("dddd, mmmm dd, yyyy", 46027, "Monday, January 05, 2026"),
        ("d-mmm-yy", 46027, "5-Jan-26"),
        ("[$-411]ggge年m月d日", 46027, "令和8年1月5日"),
        ("yyyy/m/d h:mm", 46027.4, "2026/1/5 9:36"),
        ("h:mm AM/PM", 0.5625, "1:30 PM"),
        ("[$-412]AM/PM h:mm", 0.5625, "오후 1:30"),
        ('h"시" mm"분"', 0.5625, "13시 30분"),
        ("mm:ss.0", 0.0007, "01:00.5"),
        ("[h]:mm", 27.5 / 24, "27:30"),
        ('[h]"시간" m"분"', 1.5 + 1 / 48, "36시간 30분"),
        ("[mm]:ss", 0.0625, "90:00"),
        ("yyyy-mm-dd", -1, "-1"),
    ],
)
def test_a_date_is_shown_as_its_format_says(code: str, value: float, shown: str) -> None:
    assert NumberFormat(code).shown(value) == shown


def test_days_may_count_from_1904() -> None:
    assert NumberFormat("yyyy-mm-dd").shown(0, from_1904=True) == "1904-01-01"


def test_texts_have_a_section_of_their_own() -> None:
    assert NumberFormat('0;-0;0;"<"@">"').shown_text("a") == "<a>"
    assert NumberFormat("#,##0").shown_text("a") == "a"
    assert NumberFormat(";;;").shown_text("a") is None


@pytest.mark.parametrize(
    "code", ["", ";", '"', "[", "\\", "E+", "0E", "/", "#/", "%%", "[h", "0.0.0", "?/?/?", "_", "*"]
)
def test_no_format_is_too_odd(code: str) -> None:
    for value in (0, -1.5, 12345678.9, 1e300, 1e-300):
        NumberFormat(code).shown(value)
