"""Tables of labels and values without a header are read pair by pair; tables with a header stay tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.forms import Told, form_lines
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]


def lines(table: str, told: Told = "") -> list[str]:
    return form_lines([[cell.strip() for cell in row.split("|")] for row in table.split("\n")], told)


@pytest.mark.parametrize(
    "table",
    [
        "일시 | 2025년 11월 6일(목) 14:00\n장소 | 시민회관 2층\n대상 | 4학년\n참가비 | 7,500원",
        "행사명 | 겨울 책 잔치\n기간 | 12. 1.(월) ~ 12. 5.(금)\n신청 방법 | 도서관 누리집",
        "성명 | 홍길동\n주소 | 서울특별시 중구",
        "Venue | Riverside Hall\nDoors open | 6:30 pm\nTickets | £8",
        "Date of birth | 3 May 1990\nPhone | +44 7700 900123\nSignature | ",
        "Serial number: | K-20\nFinish: | matt",
        "떡볶이 | 4,500원\n김밥 | 3,500원",
    ],
)
def test_pairs_without_a_header_are_lines_of_their_own(table: str) -> None:
    pairs = [[cell.strip() for cell in row.split("|")] for row in table.split("\n")]

    assert lines(table) == [f"{label.rstrip(':')}: {value}" if value else label for label, value in pairs]


def test_pairs_beside_each_other_are_read_apart() -> None:
    form = "성명 | 김하나 | 생년월일 | 1990. 5. 3.\n주소 | 부산시 | 연락처 | 010-1234-5678\n비고 | 없음 | 없음 | 없음"

    assert lines(form) == [
        "성명: 김하나", "생년월일: 1990. 5. 3.", "주소: 부산시", "연락처: 010-1234-5678", "비고: 없음",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "Item | Price\nLamp | €20\nChair | €35",
        "품목 | 가격\n사과 | 1,000원",
        "구분 | 2025년\n수입 | 100\n지출 | 80",
        "구분 | 내용\n일시 | 3월 2일\n장소 | 공원",
        "Balance | 31 December 2024\nCash | 5,000\nDebt | 3,000",
        "이름 | 3월 2일\n김철수 | 출석\n이영희 | 결석",
        "Field | Type\nname | string\ndate | date\nphone | string",
        "Country | Share of the population with access to electricity\nKenya | 75\nPeru | 95",
        "이름 | 생년월일 | 주소 | 연락처\n김하나 | 1990. 5. 3. | 부산 | 010-1111-2222",
        "Region | 2023 | Change | 2024\nNorth | 5 | 2% | 6",
        "학교 | 학생 수\n한빛초등학교 | 300\n가람초등학교 | 420",
        "School | Head teacher\nHill School | Ann Lee\nBay School | Bo Ek",
        "기관명 | 인원\n주민등록번호 | 12명\n계좌번호 | 7명",
        "Line 1 | 5 kg\nLine 2 | open\nLine 3 | 3 May",
    ],
)
def test_a_header_stays_one(table: str) -> None:
    assert lines(table) == []


def test_what_the_format_tells_comes_first() -> None:
    assert lines("Fair | 3 May 2025\nRace | £5\nHall | 200 seats", "header") == []
    assert lines("별칭 | 새벽\n색 | 청록", "labels") == ["별칭: 새벽", "색: 청록"]


def test_a_word_form_keeps_its_labels(tmp_path: Path, parsed: Parse, outline: Callable[..., object]) -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for label, value in (("일시", "2025년 11월 6일(목)"), ("장소", "시민회관"), ("참가비", "7,500원")):
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = label, value
    document.save(str(tmp_path / "form.docx"))

    found = parsed("read.docx", (tmp_path / "form.docx").read_bytes())

    assert outline(found) == [("paragraph", "일시: 2025년 11월 6일(목)\n장소: 시민회관\n참가비: 7,500원")]


def test_headings_at_the_start_of_rows_are_labels_on_a_page(parsed: Parse) -> None:
    form = "<table><tr><th>별칭</th><td>새벽</td></tr><tr><th>색</th><td>청록</td></tr></table>"
    table = "<table><tr><th>일시</th><th>3월 2일</th></tr><tr><td>장소</td><td>공원</td></tr></table>"

    assert parsed("form.html", f"<body>{form}</body>").text == "별칭: 새벽\n색: 청록"
    assert parsed("table.html", f"<body>{table}</body>").text.startswith("| 일시 | 3월 2일 |")


def test_the_columns_of_a_csv_file_keep_their_names() -> None:
    builder = DocumentBuilder()
    rows = [["Date", "3 May 2025"], ["Place", "Town hall"], ["Fee", "£12"]]
    builder.table(rows, "header")
    builder.table(rows)

    assert [block.kind for block in builder.finish("csv").blocks] == ["table", "paragraph"]
