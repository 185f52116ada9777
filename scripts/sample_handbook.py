# mypy: disable-error-code="import-untyped, misc"
"""The employee handbook of Harbor & Pine, a company that does not exist, as a PDF (A4, built-in fonts)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

TITLE = "Employee Handbook"
COMPANY = "Harbor & Pine"

PINE, INK, MIST, SAND, RULE = map(HexColor, ("#1f4d43", "#22302d", "#eef3f0", "#d9a441", "#c3d0ca"))
MARGIN = 26 * mm

BODY = ParagraphStyle(
    "body", fontName="Helvetica", fontSize=11, leading=17, textColor=INK, spaceAfter=7, allowWidows=0
)
CHAPTER = ParagraphStyle(
    "chapter", fontName="Times-Bold", fontSize=21, leading=26, textColor=PINE, spaceBefore=4, spaceAfter=9
)
SECTION = ParagraphStyle(
    "section", fontName="Helvetica-Bold", fontSize=12, leading=16, textColor=PINE, spaceBefore=9, spaceAfter=4
)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=10, leading=14, spaceAfter=0)
HEAD_CELL = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold", textColor=white)
NUMBER = ParagraphStyle("number", parent=CELL, alignment=TA_RIGHT)
HEAD_NUMBER = ParagraphStyle("head-number", parent=HEAD_CELL, alignment=TA_RIGHT)
NOTE = ParagraphStyle(
    "note", parent=BODY, backColor=MIST, borderPadding=(8, 10, 8, 10), leftIndent=10, rightIndent=10,
    spaceBefore=20, spaceAfter=16,
)  # fmt: skip

# Each chapter starts a page. A str is a paragraph; "# " opens a section, "- " is a list item, "! " a note;
# a table is (header, rows, column widths in mm, columns that are numbers).
Chapter = tuple[str, list[Any]]
CHAPTERS: list[Chapter] = [
    (
        "1. Welcome and working hours",
        [
            "Harbor & Pine makes stationery and roasts coffee in a small harbor town. We are forty-two people in "
            "the workshop, the roastery, the shop and the office, and we would like every one of them to know how "
            "things work here. This handbook says it once, in plain words. If something is missing or unfair, tell "
            "Mina Hale in People Operations; the handbook is revised every January.",
            "# Working week",
            "A full-time week is 38 hours, Monday to Friday. Core hours are 10:00 to 15:00; outside them you arrange "
            "your day with your team. The shop team works to a rota that is published three weeks ahead.",
            "# Breaks",
            "Everyone takes at least 45 minutes for lunch, which is unpaid, and two paid breaks of 15 minutes. Coffee "
            "from the roastery is free, and so is one bag of beans a month to take home.",
            "# Overtime",
            "Overtime is agreed in advance with your lead. It is paid at 1.5 times the hourly rate, or taken as time "
            "off within eight weeks if you prefer. Nobody works more than 48 hours in a week, and nobody is expected "
            "to read messages between 19:00 and 8:00.",
            "# Trial period",
            "The first three months are a trial period for both sides. During it either side may end the contract "
            "with two weeks' notice.",
        ],
    ),
    (
        "2. Annual leave and other absences",
        [
            "Paid annual leave grows with your years of service. The leave year runs from 1 January to 31 December, "
            "and part-time employees receive the same leave in proportion to their hours.",
            (
                ("Years of service", "Days of annual leave", "Days carried over"),
                [
                    ("Less than 1", "1.5 per month", "0"),
                    ("1 to 2", "20", "5"),
                    ("3 to 5", "23", "5"),
                    ("6 to 9", "26", "8"),
                    ("10 or more", "30", "10"),
                ],
                (58, 48, 52),
                (1, 2),
            ),
            "Carried-over days must be taken by 31 March; after that they lapse. Public holidays are not counted as "
            "annual leave.",
            "# Asking for leave",
            "Enter the dates in the leave calendar. One or two days need three working days' notice; a week or more "
            "needs four weeks. Your lead answers within two working days, and no answer counts as a yes.",
            "# When you are ill",
            "Tell your lead before 9:30 on the first day. A doctor's note is needed from the fourth day. Sick pay is "
            "your full salary for up to eight weeks in a year. If you fall ill during your holiday, the days covered "
            "by a doctor's note are given back.",
            "# Family",
            "Parental leave is 20 weeks at full pay for each parent, whether by birth or adoption. Five days a year "
            "may be used to care for a sick child or relative. Bereavement leave is five days for close family.",
        ],
    ),
    (
        "3. Remote work",
        [
            "Where your work allows it, you may work from home up to three days a week. Tuesday is the day when "
            "everybody who can comes in: we plan together in the morning and have lunch at the long table.",
            "# What you need at home",
            "- A connection fast enough for a video call, and a room where a call cannot be overheard.",
            "- The company laptop with its disk encrypted; private computers are not used for company files.",
            "- A chair and desk you can work at. We pay a home office allowance of up to 350 euros every three years.",
            "# Working from abroad",
            "You may work from another country for up to 20 working days a year. Ask People Operations four weeks "
            "ahead, because tax and insurance have to be checked first. Countries outside the European Economic Area "
            "need the approval of the managing director.",
            "# Staying reachable",
            "Show your working hours in the calendar and answer messages within two hours during core hours. A status "
            "of <i>heads down</i> is respected: whoever needs you urgently will call.",
            "! Workshop, roastery and shop roles cannot be done from home. In return these teams receive two extra "
            "days of annual leave a year.",
        ],
    ),
    (
        "4. Expenses and equipment",
        [
            "Spend company money as you would spend your own when it is a little short. Anything within the limits "
            "below needs no approval beforehand; anything above them needs your lead's agreement in writing.",
            (
                ("Expense", "Limit", "Remarks"),
                [
                    ("Hotel, per night", "140 euros", "180 euros in capital cities"),
                    ("Meals while travelling, per day", "45 euros", "No receipt needed below 10 euros"),
                    ("Train", "Second class", "First class beyond four hours"),
                    ("Own car, per kilometre", "0.38 euros", "Only when there is no reasonable train"),
                    ("Flight", "Economy", "If the train takes over seven hours"),
                    ("Client dinner, per person", "60 euros", "Name the guests on the receipt"),
                    ("Books and courses, per year", "600 euros", "Plus two days of study leave"),
                ],
                (54, 30, 74),
                (),
            ),
            "Send receipts within 30 days through the expenses form. Claims that arrive by the 20th are paid with that "
            "month's salary.",
            "# Your equipment",
            "Office staff receive a laptop and a headset on the first day; laptops are replaced every four years. "
            "Workshop staff receive safety shoes, gloves and ear protection, which must be worn at the presses.",
            "# Loss and damage",
            "Report a lost or stolen device to IT within 24 hours so that it can be locked and wiped. You do not pay "
            "for accidents. When a device is replaced, you may buy the old one for 10 percent of its original price.",
        ],
    ),
    (
        "5. Conduct, data and leaving",
        [
            "# How we treat one another",
            "We are kind and direct. Harassment and discrimination have no place here. If something happens, talk to "
            "your lead, to People Operations or to the outside ombudsperson, Dr. Elena Voss; every report is "
            "answered within five working days, and nobody suffers for making one.",
            "# Gifts and side jobs",
            "Gifts worth more than 50 euros are politely declined or shared with everybody. Side jobs are welcome if "
            "they do not compete with us and stay below ten hours a week; tell People Operations before you start.",
            "# Customer data",
            "Customer data stays in the company's own systems. Do not paste it into outside services, and do not keep "
            "copies on memory sticks. Suspected leaks are reported to IT at once, at any hour.",
            "# Leaving us",
            "After the trial period the notice is one month, and two months after five years of service. On the last "
            "day you return your laptop, keys and badge. Unused leave is paid out with the final salary.",
            "Every leaver receives a written reference within two weeks and is invited to the next summer party, which "
            "takes place on the pier on the last Friday in June.",
            "! Questions about this handbook: people@harborandpine.example, or Mina Hale at the desk by the window.",
        ],
    ),
]


class HandbookTemplate(BaseDocTemplate):
    """Adds an entry to the PDF's outline for every chapter."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's hook
        if isinstance(flowable, Paragraph) and flowable.style is CHAPTER:
            title = flowable.getPlainText()
            self.canv.bookmarkPage(title)
            self.canv.addOutlineEntry(title, title, 0)


def build() -> bytes:
    """The PDF's bytes, the same on every run: fixed dates and no compression, so that no zlib matters."""
    out = BytesIO()
    width, height = A4
    template = HandbookTemplate(
        out, pagesize=A4, invariant=1, pageCompression=0, lang="en", title=f"{COMPANY} {TITLE}",
        author=COMPANY, subject="Sample document of Second Look; the company is fictional",
    )  # fmt: skip
    frame = Frame(MARGIN, 24 * mm, width - 2 * MARGIN, height - 52 * mm, 0, 0, 0, 0)
    template.addPageTemplates(
        [
            PageTemplate("cover", [frame], onPage=_cover),
            PageTemplate("inside", [frame], onPage=_header, onPageEnd=_number),
        ]
    )
    story: list[Flowable] = [NextPageTemplate("inside"), Spacer(1, 1)]
    for title, parts in CHAPTERS:
        story += [PageBreak(), Paragraph(title, CHAPTER), *_flowables(parts)]
    template.build(story)
    return out.getvalue()


def _flowables(parts: list[Any]) -> list[Flowable]:
    flowables: list[Flowable] = []
    items: list[ListItem] = []
    for part in [*parts, ""]:
        text = _escaped(part) if isinstance(part, str) else ""
        if text.startswith("- "):
            items.append(ListItem(Paragraph(text[2:], BODY), leftIndent=14))
            continue
        if items:
            flowables.append(ListFlowable(items, bulletType="bullet", bulletColor=SAND, start="\u2022"))
            items = []
        if isinstance(part, tuple):
            flowables.append(KeepTogether([_table(*part), Spacer(1, 10)]))
        elif text.startswith("# "):
            flowables.append(Paragraph(text[2:], SECTION))
        elif text.startswith("! "):
            flowables.append(Paragraph(text[2:], NOTE))
        elif text:
            flowables.append(Paragraph(text, BODY))
    return flowables


def _escaped(text: str) -> str:
    return text.replace(" & ", " &amp; ")


def _table(
    header: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...], numbers: tuple[int, ...]
) -> Table:
    def cells(row: tuple[str, ...], plain: ParagraphStyle, number: ParagraphStyle) -> list[Paragraph]:
        return [Paragraph(text, number if i in numbers else plain) for i, text in enumerate(row)]

    data = [cells(header, HEAD_CELL, HEAD_NUMBER), *(cells(row, CELL, NUMBER) for row in rows)]
    style = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), PINE),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, MIST]),
            ("LINEBELOW", (0, 1), (-1, -1), 0.5, RULE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ]
    )
    return Table(data, colWidths=[w * mm for w in widths], style=style, repeatRows=1)


def _cover(canvas: Canvas, _: BaseDocTemplate) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setFillColor(PINE)
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    _landscape(canvas, width)
    canvas.setFillColor(SAND)
    canvas.rect(MARGIN, height - 96 * mm, 22 * mm, 1.2 * mm, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont("Times-Roman", 20)
    canvas.drawString(MARGIN, height - 46 * mm, COMPANY)
    canvas.setFont("Times-Bold", 44)
    canvas.drawString(MARGIN, height - 84 * mm, TITLE)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(MARGIN, height - 108 * mm, "How we work together, in five short chapters")
    canvas.drawString(MARGIN, height - 115 * mm, "Edition of January 2026")
    canvas.restoreState()


def _landscape(canvas: Canvas, width: float) -> None:
    """Pines above a harbor: three layers of water and a row of trees."""
    canvas.setFillColor(SAND)
    canvas.circle(width - 52 * mm, 106 * mm, 13 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#17392f"))
    for i in range(12):
        x, tall = (4 + i * 18.5) * mm, (34 + (i * 7) % 4 * 9) * mm
        for layer in range(3):
            base, half = 66 * mm + layer * tall / 4, (9 - 2 * layer) * mm
            tree = canvas.beginPath()
            tree.moveTo(x - half, base)
            tree.lineTo(x + half, base)
            tree.lineTo(x, base + tall / 2)
            tree.close()
            canvas.drawPath(tree, stroke=0, fill=1)
    for layer, (top, color) in enumerate(((68, "#2c6a5d"), (46, "#3b8273"), (24, "#559c8c"))):
        canvas.setFillColor(HexColor(color))
        wave = canvas.beginPath()
        wave.moveTo(0, 0)
        wave.lineTo(0, top * mm)
        step = width / 4
        for i in range(4):
            lift = (5 if (i + layer) % 2 else -5) * mm
            wave.curveTo(
                (i + 0.35) * step,
                top * mm + lift,
                (i + 0.65) * step,
                top * mm + lift,
                (i + 1) * step,
                top * mm,
            )
        wave.lineTo(width, 0)
        wave.close()
        canvas.drawPath(wave, stroke=0, fill=1)


def _header(canvas: Canvas, _: BaseDocTemplate) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, height - 20 * mm, width - MARGIN, height - 20 * mm)
    canvas.setFillColor(PINE)
    canvas.setFont("Helvetica", 8.5)
    canvas.drawString(MARGIN, height - 17.5 * mm, f"{COMPANY} {TITLE}")
    canvas.restoreState()


def _number(canvas: Canvas, template: BaseDocTemplate) -> None:
    """Drawn after the text, so that it is also extracted after the text."""
    canvas.saveState()
    canvas.setFillColor(PINE)
    canvas.setFont("Helvetica", 8.5)
    canvas.drawRightString(A4[0] - MARGIN, 13 * mm, str(template.page))
    canvas.restoreState()
