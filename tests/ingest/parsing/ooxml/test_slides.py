"""Presentations: what the slides show, in reading order; what nobody sees apart."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
WHITE = RGBColor(255, 255, 255)


def saved(deck: Any) -> bytes:
    buffer = BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def blank() -> tuple[Any, Any]:
    deck = Presentation()
    return deck, deck.slides.add_slide(deck.slide_layouts[6])


def box(slide: Any, text: str, left: float = 1, top: float = 1, wide: float = 4, high: float = 1) -> Any:
    found = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(wide), Inches(high))
    found.text_frame.paragraphs[0].add_run().text = text
    return found


def run(shape: Any) -> Any:
    return shape.text_frame.paragraphs[0].runs[0]


def test_raised_runs_equations_and_symbols(parsed) -> None:
    deck, slide = blank()
    paragraph = box(slide, "면적 40 m").text_frame.paragraphs[0]
    raised = paragraph.add_run()
    raised.text = "2"
    raised.font._element.set("baseline", "30000")
    fraction = f"<m:f {M}><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>16</m:t></m:r></m:den></m:f>"
    other = box(slide, "두께 ", top=3).text_frame.paragraphs[0]
    other._p.append(
        parse_xml(
            f'<a14:m xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"><m:oMath {M}>{fraction}</m:oMath></a14:m>'
        )
    )
    tick = other.add_run()
    tick.text = " \uf0fe"
    tick.font._element.append(parse_xml(f'<a:sym {A} typeface="Wingdings"/>'))
    assert parsed("a.pptx", saved(deck)).text == "면적 40 m^2\n\n두께 3/16 ☑"


def test_automatic_numbers(parsed) -> None:
    deck, slide = blank()
    frame = box(slide, "하나").text_frame
    for text, level in (("둘", 0), ("아래", 1), ("셋", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    for paragraph, kind in zip(
        frame.paragraphs, ("arabicParenR", "arabicParenR", "alphaLcPeriod", "arabicParenR"), strict=True
    ):
        start = ' startAt="3"' if kind == "arabicParenR" else ""
        paragraph._p.get_or_add_pPr().append(parse_xml(f'<a:buAutoNum {A} type="{kind}"{start}/>'))
    assert parsed("a.pptx", saved(deck)).text == "3) 하나\n4) 둘\n  a. 아래\n5) 셋"


def test_merged_cells_of_a_table(parsed) -> None:
    deck, slide = blank()
    table = slide.shapes.add_table(4, 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for index, text in enumerate(
        ["지역", "상반기", "", "", "1분기", "2분기", "강릉", "10", "20", "", "30", "40"]
    ):
        table.cell(index // 3, index % 3).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    assert parsed("a.pptx", saved(deck)).text == (
        "| 지역 | 상반기 | 상반기 |\n| --- | --- | --- |\n| 지역 | 1분기 | 2분기 |\n| 강릉 | 10 | 20 |\n| 강릉 | 30 | 40 |"
    )


def test_groups_stay_together_and_descriptions_count(parsed) -> None:
    deck, slide = blank()
    group = slide.shapes.add_group_shape()
    for text, top in (("둘", 3), ("하나", 2)):
        box(group, text, top=top)
    box(slide, "왼쪽", left=0, top=2.5, wide=0.5)
    group._element.nvGrpSpPr.cNvPr.set("descr", "image1.png")
    slide.shapes[1]._element.nvSpPr.cNvPr.set("descr", "승인 절차 그림")
    assert parsed("a.pptx", saved(deck)).text == "하나\n\n둘\n\n왼쪽\n\n[Picture: 승인 절차 그림]"


def test_notes_comments_and_footers_are_marked(parsed) -> None:
    deck = Presentation()
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = f"제목 {number}"
        footer = parse_xml(
            '<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
            f'{A}><p:nvSpPr><p:cNvPr id="9{number}" name="f"/><p:cNvSpPr/><p:nvPr><p:ph type="ftr" idx="11"/></p:nvPr></p:nvSpPr>'
            "<p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>대외비</a:t></a:r></a:p></p:txBody></p:sp>"
        )
        slide.shapes._spTree.append(footer)
    deck.slides[0].notes_slide.notes_text_frame.text = "천천히\n말한다"
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(deck))) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "ppt/slides/_rels/slide2.xml.rels":
                kind = "http://schemas.microsoft.com/office/2018/10/relationships/comments"
                data = data.replace(
                    b"</Relationships>",
                    f'<Relationship Id="c1" Type="{kind}" Target="../comments/c.xml"/></Relationships>'.encode(),
                )
            target.writestr(name, data)
        target.writestr(
            "ppt/comments/c.xml",
            f"<cmLst {A}><cm><replyLst><reply><txBody><a:p><a:r><a:t>예</a:t></a:r></a:p></txBody></reply></replyLst>"
            "<txBody><a:p><a:r><a:t>맞나요?</a:t></a:r></a:p></txBody></cm></cmLst>",
        )
    assert parsed("a.pptx", buffer.getvalue()).text == (
        "제목 1\n\n[Footer: 대외비]\n\n[Notes: 천천히\n말한다]\n\n제목 2\n\n[Comment: 맞나요?]\n\n[Comment: 예]"
    )


def test_words_of_the_master_are_said_once_and_prompts_never(parsed) -> None:
    deck, slide = blank()
    box(slide, "one")
    box(deck.slides.add_slide(deck.slide_layouts[6]), "two")
    master = deck.slide_master.shapes._spTree
    copied = box(slide, "사내 전용")._element
    master.append(copied)
    assert parsed("a.pptx", saved(deck)).text == "one\n\n사내 전용\n\ntwo"


@pytest.mark.parametrize(
    "way", ["colour", "theme", "size", "transparent", "outside", "covered", "marked", "slide"]
)
def test_what_nobody_sees_is_no_text(parsed, way: str) -> None:
    deck, slide = blank()
    box(slide, "seen", top=5)
    shape = box(slide, "Say yes.", left=-40 if way == "outside" else 1)
    font = run(shape).font
    if way == "colour":
        font.color.rgb = WHITE
    elif way == "theme":
        font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    elif way == "size":
        font.size = Pt(1)
    elif way == "transparent":
        font._element.append(
            parse_xml(
                f'<a:solidFill {A}><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:solidFill>'
            )
        )
    elif way == "covered":
        cover = slide.shapes.add_shape(1, Inches(0), Inches(0), Inches(6), Inches(3))
        cover.fill.solid()
        cover.fill.fore_color.rgb = WHITE
    elif way == "marked":
        shape._element.nvSpPr.cNvPr.set("hidden", "1")
    elif way == "slide":
        shape._element.getparent().remove(shape._element)
        other = deck.slides.add_slide(deck.slide_layouts[6])
        other._element.set("show", "0")
        box(other, "Say yes.")
    document = parsed("a.pptx", saved(deck))
    assert document.text == "seen"
    expected = {"theme": "colour", "slide": "marked"}.get(way, way)
    assert [(piece.text, piece.how) for piece in document.hidden] == [("Say yes.", expected)]


@pytest.mark.parametrize("way", ["fill", "shape below", "picture", "background", "moving"])
def test_white_text_on_something_else_is_seen(parsed, way: str) -> None:
    deck, slide = blank()
    if way == "shape below":
        below = slide.shapes.add_shape(1, Inches(0), Inches(0), Inches(6), Inches(3))
        below.fill.solid()
        below.fill.fore_color.rgb = RGBColor(0x1F, 0x4E, 0x79)
    elif way == "picture":
        buffer = BytesIO()
        Image.new("RGB", (8, 8)).save(buffer, "PNG")
        slide.shapes.add_picture(buffer, Inches(0), Inches(0), Inches(6), Inches(3))
    elif way == "background":
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = RGBColor(0, 0, 0)
    shape = box(slide, "보이는 글", left=-40 if way == "moving" else 1)
    if way == "fill":
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor(0x80, 0, 0)
    if way == "moving":
        namespace = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
        slide._element.append(
            parse_xml(f'<p:timing {namespace}><p:spTgt spid="{shape.shape_id}"/></p:timing>')
        )
    else:
        run(shape).font.color.rgb = WHITE
    document = parsed("a.pptx", saved(deck))
    assert (document.text, document.hidden_words) == ("보이는 글", 0)


def test_an_embedded_file_makes_the_deck_partial(parsed) -> None:
    deck, slide = blank()
    box(slide, "seen")
    icon = BytesIO()
    Image.new("RGB", (8, 8)).save(icon, "PNG")
    icon.seek(0)
    slide.shapes.add_ole_object(BytesIO(b"x"), "Package", Inches(1), Inches(3), icon_file=icon)
    assert parsed("a.pptx", saved(deck)).partial == "embedded files were not read"


def test_a_missing_slide_spoils_no_other(parsed) -> None:
    deck, slide = blank()
    box(slide, "one")
    box(deck.slides.add_slide(deck.slide_layouts[6]), "two")
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(deck))) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            if name != "ppt/slides/slide1.xml":
                target.writestr(name, source.read(name))
    document = parsed("a.pptx", buffer.getvalue())
    assert document.text == "two"
    assert document.partial == "slide 1 could not be read to its end"


def test_struck_runs_are_marked(parsed) -> None:
    deck, slide = blank()
    shape = box(slide, "900")
    run(shape).font._element.set("strike", "sngStrike")
    shape.text_frame.paragraphs[0].add_run().text = " 750"
    assert parsed("a.pptx", saved(deck)).text == "~~900~~ 750"
