"""The manual of the robot vacuum 모리 R1, a product that does not exist, as a Korean DOCX."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

TITLE = "모리 R1 로봇 청소기 사용 설명서"
FONT = "맑은 고딕"
TEAL, MIST, RULE = "1F5C66", "EAF2F3", "B8CDD0"
DATE = datetime(2026, 1, 5, 9)

# "# " and "## " are headings, "- " bullets, "1. " steps, "! " a warning; a table is (widths in mm, rows).
PARTS: list[Any] = [
    "모리 R1을 구입해 주셔서 감사합니다. 이 설명서는 처음 설치할 때부터 문제가 생겼을 때까지 필요한 내용을 담고 "
    "있습니다. 사용하기 전에 안전 주의사항을 꼭 읽고, 읽은 뒤에는 잘 보이는 곳에 보관해 주세요.",
    "# 1. 안전 주의사항",
    "! 충전대와 전원 어댑터는 함께 들어 있는 정품만 사용하세요. 다른 어댑터를 쓰면 화재나 고장의 원인이 됩니다.",
    "- 젖은 손으로 전원 플러그를 만지지 마세요.",
    "- 불이 붙은 담배꽁초, 재, 유리 조각, 액체를 빨아들이지 마세요.",
    "- 어린이나 반려동물을 제품 위에 태우지 마세요. 견딜 수 있는 무게는 5 kg입니다.",
    "- 배터리를 분해하거나 60 °C가 넘는 곳에 두지 마세요.",
    "- 한 달 넘게 쓰지 않을 때는 배터리를 절반쯤 충전한 뒤 본체 옆의 전원 스위치를 꺼서 보관하세요.",
    "# 2. 구성품",
    "상자를 열면 다음 물품이 모두 들어 있는지 확인하세요. 빠진 것이 있으면 구입한 날부터 7일 안에 고객 센터로 "
    "알려 주세요.",
    (
        (60, 22, 78),
        [
            ("구성품", "수량", "설명"),
            ("본체", "1개", "먼지통과 메인 브러시가 끼워져 있습니다."),
            ("충전대", "1개", "전원 케이블이 연결되어 있습니다."),
            ("사이드 브러시", "2개", "하나는 여분입니다."),
            ("물걸레 패드", "2장", "물세탁할 수 있습니다."),
            ("물통", "1개", "용량은 250 ml입니다."),
            ("필터", "2개", "하나는 본체에 끼워져 있습니다."),
            ("청소 솔", "1개", "먼지통 안쪽에 들어 있습니다."),
        ],
    ),
    "# 3. 설치",
    "## 충전대 놓기",
    "충전대는 벽에 붙여 평평한 바닥에 놓습니다. 왼쪽과 오른쪽은 0.5 m, 앞쪽은 1.5 m 이상 비워 두어야 본체가 길을 "
    "잃지 않고 돌아옵니다. 햇빛이 바로 드는 곳과 거울 앞은 피하세요.",
    "## 처음 충전하기",
    "1. 본체 둘레의 보호 스펀지와 비닐을 모두 떼어 냅니다.",
    "1. 사이드 브러시를 본체 바닥의 홈에 맞추어 딸깍 소리가 날 때까지 누릅니다.",
    "1. 본체를 충전대에 올립니다. 표시등이 주황색으로 깜박이면 충전 중이고, 흰색으로 켜지면 충전이 끝난 것입니다.",
    "1. 처음에는 네 시간 동안 완전히 충전한 뒤 사용하세요.",
    "# 4. 사용 방법",
    "## 버튼",
    "본체 윗면에는 버튼이 두 개 있습니다. 동그란 시작 버튼을 한 번 누르면 청소를 시작하고, 다시 누르면 멈춥니다. "
    "집 모양의 귀환 버튼을 누르면 충전대로 돌아갑니다. 두 버튼을 함께 3초 동안 누르면 어린이 잠금이 켜지거나 꺼집니다.",
    "## 청소 모드",
    (
        (32, 32, 36, 60),
        [
            ("모드", "소음", "사용 시간", "알맞은 때"),
            ("조용히", "52 dB", "180분", "밤이나 통화 중일 때"),
            ("표준", "60 dB", "120분", "평소 마룻바닥을 청소할 때"),
            ("강력", "68 dB", "70분", "카펫이나 반려동물의 털을 치울 때"),
        ],
    ),
    "카펫에 올라서면 표준 모드에서도 흡입력이 저절로 강해지며, 이 기능은 앱에서 끌 수 있습니다.",
    "## 물걸레질",
    "물통에 찬물을 채우고 물걸레 패드를 끼운 뒤 본체 뒤쪽에 밀어 넣습니다. 세제나 뜨거운 물은 펌프를 망가뜨리므로 "
    "넣지 마세요. 물걸레를 끼운 동안에는 카펫을 알아보고 피해 갑니다.",
    "# 5. 앱 연결",
    "스마트폰에 모리 홈 앱을 설치하면 집 지도를 보고, 청소할 방을 고르고, 예약을 할 수 있습니다. 모리 R1은 2.4 GHz "
    "와이파이만 지원하며 5 GHz에는 연결되지 않습니다.",
    "1. 모리 홈 앱에서 계정을 만들고 ‘제품 추가’를 누릅니다.",
    "1. 본체의 귀환 버튼을 5초 동안 누릅니다. 표시등이 파란색으로 깜박입니다.",
    "1. 앱에서 집의 와이파이를 고르고 비밀번호를 넣습니다.",
    "1. 표시등이 흰색으로 바뀌면 연결이 끝난 것입니다. 보통 1분이 걸리지 않습니다.",
    "## 진입 금지 구역",
    "지도에서 ‘진입 금지’를 누르고 네모를 그리면 그 안으로 들어가지 않습니다. 진입 금지 구역은 열 개까지 만들 수 있습니다. "
    "지도는 세 개 층까지 저장됩니다.",
    "## 예약 청소",
    "요일과 시각, 방, 청소 모드를 정해 예약합니다. 예약한 때에 배터리가 20% 아래이면 충전한 뒤에 시작합니다.",
    "# 6. 청소 및 관리",
    "제때 관리하면 흡입력이 오래 유지됩니다. 소모품의 남은 수명은 앱의 ‘관리’ 화면에서 볼 수 있습니다.",
    (
        (36, 56, 68),
        [
            ("부품", "청소 주기", "교체 주기"),
            ("먼지통", "쓸 때마다 비우기", "필요할 때"),
            ("필터", "일주일에 한 번 털기", "6개월"),
            ("메인 브러시", "일주일에 한 번", "12개월"),
            ("사이드 브러시", "한 달에 한 번", "6개월"),
            ("물걸레 패드", "쓸 때마다 세탁", "3개월"),
            ("센서와 충전 단자", "한 달에 한 번", "없음"),
        ],
    ),
    "## 필터 관리",
    "필터는 물로 씻지 말고 가볍게 두드려 먼지를 털어 주세요. 물에 닿은 필터는 24시간 이상 그늘에서 말린 뒤에 끼워야 합니다.",
    "## 브러시에 감긴 머리카락",
    "본체를 뒤집어 브러시 덮개의 양쪽 고리를 누르고 브러시를 꺼냅니다. 청소 솔의 칼날 쪽으로 머리카락을 끊은 뒤 당겨 "
    "빼냅니다.",
    "## 센서 닦기",
    "앞쪽 충돌 센서와 바닥의 낙하 방지 센서 네 개는 마른 부드러운 천으로 닦습니다. 알코올이나 유리 세정제는 쓰지 마세요.",
    "# 7. 문제 해결",
    "고객 센터에 연락하기 전에 아래 표를 먼저 확인해 주세요.",
    (
        (46, 50, 64),
        [
            ("증상", "원인", "해결"),
            (
                "전원이 켜지지 않음",
                "전원 스위치가 꺼져 있거나 배터리가 비었음",
                "옆면 스위치를 켜고 30분 이상 충전합니다.",
            ),
            (
                "흡입력이 약해짐",
                "필터가 막혔거나 먼지통이 가득 참",
                "먼지통을 비우고 필터를 털거나 교체합니다.",
            ),
            (
                "충전대로 돌아오지 못함",
                "충전대 앞이 막혀 있음",
                "앞쪽 1.5 m를 비우고 충전대를 벽에 붙입니다.",
            ),
            ("한자리에서 맴돎", "낙하 방지 센서에 먼지가 묻음", "바닥의 센서 네 개를 마른 천으로 닦습니다."),
            (
                "와이파이에 연결되지 않음",
                "5 GHz 와이파이를 골랐음",
                "2.4 GHz 와이파이로 바꾸어 다시 연결합니다.",
            ),
            ("바닥에 물이 흥건함", "물통 마개가 덜 닫힘", "마개를 끝까지 누르고 패드를 짜서 다시 끼웁니다."),
            (
                "‘오류 3’ 음성 안내",
                "메인 브러시에 이물질이 끼었음",
                "브러시를 꺼내 머리카락과 실을 제거합니다.",
            ),
            ("‘오류 7’ 음성 안내", "바퀴가 들렸거나 걸렸음", "평평한 곳으로 옮기고 바퀴의 이물질을 뺍니다."),
        ],
    ),
    "## 초기화",
    "표의 방법으로 해결되지 않으면 시작 버튼을 10초 동안 눌러 초기화합니다. 저장된 지도와 예약, 와이파이 정보가 모두 "
    "지워집니다.",
    "# 8. 제품 사양",
    (
        (56, 104),
        [
            ("항목", "내용"),
            ("모델명", "모리 R1 (MR-100)"),
            ("크기", "지름 340 mm, 높이 88 mm"),
            ("무게", "3.2 kg"),
            ("배터리", "리튬 이온 14.4 V, 5,200 mAh"),
            ("충전 시간", "약 4시간"),
            ("최대 흡입력", "6,000 Pa"),
            ("먼지통 용량", "420 ml"),
            ("넘을 수 있는 문턱", "20 mm"),
            ("무선 연결", "와이파이 2.4 GHz, 블루투스 5.2"),
            ("정격 전압", "100-240 V, 50/60 Hz"),
        ],
    ),
    "# 9. 품질 보증",
    "보증 기간은 구입한 날부터 2년이며, 배터리는 1년입니다. 이 기간에 정상적으로 사용하다가 생긴 고장은 무상으로 수리해 "
    "드립니다. 구입한 날은 영수증이나 주문 내역으로 확인합니다.",
    "다음은 보증 기간 안이라도 비용을 받습니다.",
    "- 떨어뜨리거나 물에 빠뜨려 생긴 고장",
    "- 정품이 아닌 부품이나 어댑터를 사용해 생긴 고장",
    "- 필터, 브러시, 물걸레 패드 같은 소모품의 교체",
    "고객 센터는 평일 오전 9시부터 오후 6시까지 운영하며, 점심시간은 낮 12시부터 1시까지입니다. 전자 우편은 "
    "help@mori.example입니다.",
]


def build() -> bytes:
    """The DOCX's bytes, the same on every run (fixed dates in the properties and in the archive)."""
    document = Document()
    _styles(document)
    _page(document)
    document.add_paragraph(TITLE, style="Title")
    document.add_paragraph("모델 MR-100 · 2026년 1월판", style="Subtitle")
    lists = 0
    previous = ""
    for part in PARTS:
        if isinstance(part, tuple):
            _table(document, *part)
            previous = ""
            continue
        mark, _, rest = part.partition(" ")
        if mark in ("#", "##"):
            document.add_heading(rest, level=len(mark))
        elif mark == "-":
            document.add_paragraph(rest, style="List Bullet")
        elif mark == "1.":
            lists = lists if previous == "1." else _new_list(document)
            _number(document.add_paragraph(rest, style="List Number"), lists)
        elif mark == "!":
            _warning(document.add_paragraph(style="Normal"), rest)
        else:
            document.add_paragraph(part)
        previous = mark
    properties = document.core_properties
    properties.title, properties.author, properties.language = TITLE, "모리", "ko-KR"
    properties.comments = "Sample document of Second Look; the product is fictional"
    properties.created = properties.modified = DATE
    out = BytesIO()
    document.save(out)
    return _with_fixed_dates(out.getvalue())


def _styles(document: DocumentObject) -> None:
    sizes = {"Normal": 10.5, "Title": 26, "Subtitle": 12, "Heading 1": 17, "Heading 2": 12.5}
    for name, size in sizes.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        fonts.set(qn("w:eastAsia"), FONT)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(TEAL)
            style.font.italic = False
    normal, one, two = (document.styles[name] for name in ("Normal", "Heading 1", "Heading 2"))
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = 1.35, Pt(6)
    one.paragraph_format.space_before, one.paragraph_format.space_after = Pt(22), Pt(8)
    two.paragraph_format.space_before, two.paragraph_format.space_after = Pt(12), Pt(4)
    rule = document.styles["Title"].element.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}")
    rule.attrib.pop(qn("w:themeColor"))
    rule.set(qn("w:color"), TEAL)
    document.styles["Subtitle"].paragraph_format.space_after = Pt(18)


def _page(document: DocumentObject) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(24)
    header = section.header.paragraphs[0]
    header.text = "모리 R1 사용 설명서"
    header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    header.runs[0].font.size = Pt(8.5)
    header.runs[0].font.color.rgb = RGBColor.from_string(TEAL)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._p.append(field)


def _new_list(document: DocumentObject) -> int:
    """The id of a numbering of its own, so that each list of steps starts at 1."""
    numbering = document.part.numbering_part.numbering_definitions._numbering
    style_number = document.styles["List Number"].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(style_number).abstractNumId.val
    num = numbering.add_num(abstract)
    num.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(num.numId)


def _number(paragraph: Paragraph, numbering: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering


def _warning(paragraph: Paragraph, text: str) -> None:
    paragraph.add_run("경고  ").bold = True
    paragraph.add_run(text)
    _shade(paragraph._p.get_or_add_pPr(), "FBF1DC")
    paragraph.paragraph_format.space_after = Pt(10)


def _table(document: DocumentObject, widths: tuple[int, ...], rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _light_rules(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for r, row in enumerate(rows):
        for c, (text, width) in enumerate(zip(row, widths, strict=True)):
            _fill(table.cell(r, c), text, width, header=r == 0, shaded=r % 2 == 0)
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for row_object in table.rows:
        row_object._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _light_rules(table: Table) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{edge}")
        line = {"val": "single", "sz": "4", "space": "0", "color": RULE}
        for name, value in (line if edge in ("top", "bottom", "insideH") else {"val": "nil"}).items():
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    # Word refuses a tblPr whose children are out of order: the borders stand before the layout.
    table._tbl.tblPr.find(qn("w:tblLayout")).addprevious(borders)


def _fill(cell: _Cell, text: str, width: int, *, header: bool, shaded: bool) -> None:
    cell.width = Mm(width)
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size = Pt(9.5)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    paragraph.paragraph_format.line_spacing = 1.15
    if header:
        run.bold = True
        run.font.color.rgb = RGBColor(255, 255, 255)
    if header or shaded:
        _shade(cell._tc.get_or_add_tcPr(), TEAL if header else MIST)


def _shade(properties: Any, color: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", color)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _with_fixed_dates(docx: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(docx)) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            info = ZipInfo(name, date_time=DATE.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()
