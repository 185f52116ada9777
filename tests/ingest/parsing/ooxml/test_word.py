"""Word documents: what a reader sees, in the body and in the parts around it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import docx
import pytest
from docx.shared import Pt, RGBColor

from ingest.parsing.parse import ParsedDocument

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def body(
    *blocks: str,
    more: Mapping[str, str] = MappingProxyType({}),
    related: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A package with these blocks; ``related`` are kinds of relations by the names of ``more`` parts (their ids too)."""
    relations = "".join(
        f'<Relationship Id="{part}" Type="{KIND}/{kind}" Target="{part}"/>' for part, kind in related.items()
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "word/document.xml", f"<w:document {NAMES}><w:body>{''.join(blocks)}</w:body></w:document>"
        )
        file.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, text in more.items():
            file.writestr(f"word/{name}", text)
    return buffer.getvalue()


def p(*runs: str) -> str:
    return f"<w:p>{''.join(run if run.startswith('<') else t(run) for run in runs)}</w:p>"


def t(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def field(kind: str, more: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{more}</w:fldChar></w:r>'


def code(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        (p("The wall is 2", "<m:oMath><m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>16</m:t></m:r></m:den></m:f></m:oMath>", " inch"), "The wall is 2 3/16 inch"),
        (p("1,250", t("3", '<w:vertAlign w:val="superscript"/>'), " people"), "1,250 [3] people"),
        (p("a ", field("begin"), code(r" EQ \f(7,8) "), field("end"), " inch bolt"), "a 7/8 inch bolt"),
        (p(field("begin"), code(r" EQ \f(7,8) "), field("separate"), t("kept"), field("end")), "kept"),
        (p("was ", t("90", "<w:strike/>"), t(" EUR", "<w:dstrike/>"), " now 75"), "was ~~90 EUR~~ now 75"),
        (p("was ", t("90", '<w:strike w:val="0"/>')), "was 90"),
        (p("5 x 10", t("3", '<w:vertAlign w:val="superscript"/>')), "5 x 10^3"),
        (p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', " 동의"), "☑ 동의"),
        (p(t("m", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'), "m"), "μm"),
        (p(control('<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>', t("☒")), " yes"), "☑ yes"),
        (p(control('<w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>', t("☐")), " no"), "☐ no"),
        (p("Name: ", control("<w:showingPlcHdr/>", t("Click here to enter text."))), "Name:"),
        (p(field("begin", '<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>'), code("FORMCHECKBOX"), field("end"), " 찬성"), "☑ 찬성"),
        (p(field("begin", '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="서울"/><w:listEntry w:val="부산"/></w:ddList></w:ffData>'), code("FORMDROPDOWN"), field("end")), "부산"),
        (p("Page ", field("begin"), code("PAGEREF x"), field("separate"), "12", field("end")), "Page 12"),
        (p(field("begin"), code("IF "), field("begin"), code("REF a"), field("separate"), "not shown", field("end"), code(" = 1"), field("separate"), "shown", field("end")), "shown"),
        (p("a", "<w:ins><w:r><w:t>b</w:t></w:r></w:ins>", "<w:del><w:r><w:delText>c</w:delText></w:r></w:del>", "<w:moveFrom><w:r><w:t>d</w:t></w:r></w:moveFrom>"), "ab"),
    ],
)  # fmt: skip
def test_runs_keep_their_meaning(parsed, paragraph: str, text: str) -> None:
    assert parsed("a.docx", body(paragraph)).text == text


def test_a_field_that_never_ends_costs_no_paragraph(parsed) -> None:
    document = parsed("a.docx", body(p("before ", field("begin"), code("REF x")), p("after")))
    assert document.text == "before\n\nafter"


def test_merged_cells_give_their_value_to_every_row_and_column(parsed) -> None:
    table = "<w:tbl><w:tr>" + tc("2026년 매출", '<w:gridSpan w:val="4"/>') + "</w:tr>"
    table += "<w:tr>" + tc("지역") + tc("상반기", '<w:gridSpan w:val="2"/>') + tc("비고") + "</w:tr>"
    table += (
        "<w:tr>" + tc("강릉", '<w:vMerge w:val="restart"/>') + tc("10") + tc("20") + tc("확정") + "</w:tr>"
    )
    table += "<w:tr>" + tc("", "<w:vMerge/>") + tc("30") + tc("40") + tc("") + "</w:tr>"
    table += '<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>' + tc("50") + tc("추정") + "</w:tr>"
    table += "<w:tr><w:trPr><w:del/></w:trPr>" + tc("deleted") + "</w:tr></w:tbl>"
    assert parsed("a.docx", body(table)).text == (
        "2026년 매출\n\n| 지역 | 상반기 | 상반기 | 비고 |\n| --- | --- | --- | --- |\n| 강릉 | 10 | 20 | 확정 |\n"
        "| 강릉 | 30 | 40 |  |\n|  |  | 50 | 추정 |"
    )


def test_a_table_in_a_cell_is_text_of_its_cell(parsed) -> None:
    inner = "<w:tbl><w:tr>" + tc("가로") + tc("3") + "</w:tr></w:tbl>"
    rows = [
        "<w:tr>" + tc(name) + tc(value) + "</w:tr>"
        for name, value in (("품목", "크기"), ("배", "2"), ("감", "1"))
    ]
    nested = f"<w:tr>{tc('상자')}<w:tc>{inner}<w:p/></w:tc></w:tr>"
    text = parsed("a.docx", body(f"<w:tbl>{''.join(rows)}{nested}</w:tbl>")).text
    assert text.endswith("| 감 | 1 |\n| 상자 | 가로 \\| 3 |")


def test_headers_once_notes_and_comments_as_such(parsed) -> None:
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="h.xml"/><w:headerReference w:type="first" r:id="h1.xml"/>'
        '<w:footerReference w:type="default" r:id="f.xml"/></w:sectPr>'
    )
    page = p(field("begin"), code(" PAGE "), field("separate"), "1", field("end"), " / 7")
    more = {
        "h.xml": f"<w:hdr {NAMES}>{p('문서 번호 QA-118')}</w:hdr>",
        "h1.xml": f"<w:hdr {NAMES}>{p('first page only')}</w:hdr>",
        "f.xml": f"<w:ftr {NAMES}>{page}</w:ftr>",
        "notes.xml": f'<w:footnotes {NAMES}><w:footnote w:id="-1" w:type="separator">{p("---")}</w:footnote>'
        f'<w:footnote w:id="7">{p("Excludes tax")}</w:footnote><w:footnote w:id="9">{p("on no page")}</w:footnote></w:footnotes>',
        "ends.xml": f'<w:endnotes {NAMES}><w:endnote w:id="4">{p("Source: OECD")}</w:endnote></w:endnotes>',
        "comments.xml": f'<w:comments {NAMES}><w:comment w:id="0">{p("세 번으로 바꿈")}</w:comment></w:comments>',
    }
    related = {"h.xml": "header", "h1.xml": "header", "f.xml": "footer", "notes.xml": "footnotes",
               "ends.xml": "endnotes", "comments.xml": "comments"}  # fmt: skip
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{}Reference w:id="{}"/></w:r>'
    text = p(
        "1,250", mark.format("footnote", 7), " people", mark.format("endnote", 4), mark.format("comment", 0)
    )
    document = parsed("a.docx", body(text, section, more=more, related=related))
    assert document.text == (
        "[Header: 문서 번호 QA-118]\n\n1,250 [1] people [i]\n\n[Comment: 세 번으로 바꿈]\n\n[1] Excludes tax\n\n[i] Source: OECD"
    )
    assert [piece.text for piece in document.hidden] == ["first page only", "on no page"]


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("part.html", "<html><body><h2>Findings</h2><p>The filter was clogged.</p></body></html>", "Findings\n\nThe filter was clogged."),
        ("part.rtf", r"{\rtf1\ansi The filter was clogged.\par}", "The filter was clogged."),
        ("part.txt", "The filter was clogged.", "The filter was clogged."),
        ("part.docx", body(p("The filter was clogged.")), "The filter was clogged."),
        ("part.mht", "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: file:///a.htm\r\n\r\n<p>The filter was clogged.</p>\r\n--b--\r\n", "The filter was clogged."),
    ],
)  # fmt: skip
def test_inserted_documents_are_read_where_they_stand(
    parsed, name: str, data: str | bytes, text: str
) -> None:
    made = body(
        p("Report"), f'<w:altChunk r:id="{name}"/>', p("End"), more={name: data}, related={name: "aFChunk"}
    )  # type: ignore[dict-item]
    document = parsed("a.docx", made)
    assert document.text == f"Report\n\n{text}\n\nEnd"
    assert document.partial == ""


def test_a_document_inserted_into_a_cell_is_text_of_the_cell(parsed) -> None:
    page = "<p>The filter <span style='display:none'>Say yes.</span>was clogged.</p><table><tr><td>a<td>1<tr><td>b<td>2</table>"
    cells = f'<w:tc>{p("Findings")}</w:tc><w:tc><w:altChunk r:id="a.html"/></w:tc>'
    table = f"<w:tbl><w:tr>{tc('What')}{tc('Text')}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    document = parsed("a.docx", body(table, more={"a.html": page}, related={"a.html": "aFChunk"}))
    assert "| Findings | The filter was clogged. a \\| 1 b \\| 2 |" in document.text
    assert [piece.text for piece in document.hidden] == ["Say yes."]


def test_a_document_in_an_inserted_document_is_told_and_not_read(parsed) -> None:
    inner = body(p("Inner"), '<w:altChunk r:id="b.txt"/>', more={"b.txt": "deep"}, related={"b.txt": "aFChunk"})  # fmt: skip
    outer = body(p("Outer"), '<w:altChunk r:id="in.docx"/>', more={"in.docx": inner}, related={"in.docx": "aFChunk"})  # fmt: skip
    document = parsed("a.docx", outer)
    assert document.text == "Outer\n\nInner"
    assert document.partial == (
        "the inserted document 'b.txt' could not be read: it is inserted into another one"
    )


def test_a_part_that_is_inserted_a_thousand_times_is_read_as_often_as_a_reader_needs(parsed) -> None:
    document = parsed("a.docx", body('<w:altChunk r:id="a.txt"/>' * 1_000, more={"a.txt": "x"}, related={"a.txt": "aFChunk"}))  # fmt: skip
    assert document.text == "\n\n".join(["x"] * 200)
    assert document.partial == "only the first 200 inserted documents were read"


def test_a_document_beside_the_file_is_told(parsed) -> None:
    document = parsed("a.docx", body(p("Master", '<w:subDoc r:id="one.docx"/>'), related={"one.docx": "subDocument"}))  # fmt: skip
    assert document.text == "Master"
    assert document.partial == "the inserted document 'one.docx' could not be read: it is missing or empty"


def test_an_inserted_document_that_is_missing_is_told(parsed) -> None:
    document = parsed("a.docx", body(p("Report"), '<w:altChunk r:id="gone"/>'))
    assert document.partial == "the inserted document '' could not be read: it is missing or empty"


def test_boxes_pictures_and_diagrams(parsed) -> None:
    box = "<wps:wsp><wps:txbx><w:txbxContent>" + p("글상자") + "</w:txbxContent></wps:txbx></wps:wsp>"
    drawing = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="배관 도면"/>'
        f"{box}</wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{p('글상자')}"
        "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    diagram = '<w:r><w:drawing><wp:inline><wp:docPr id="2" name="d"/><a:graphic><a:graphicData><relIds xmlns:q="q" q:dm="data.xml"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    points = "".join(
        f'<pt modelId="{key}" type="{kind}"><t><p><r><t>{text}</t></r></p></t></pt>'
        for key, kind, text in (("0", "doc", ""), ("b", "node", "둘"), ("a", "node", "하나"), ("c", "node", "아래"), ("s", "sibTrans", "x"))
    )  # fmt: skip
    links = "".join(
        f'<cxn modelId="{end}" srcId="{start}" destId="{end}" srcOrd="{order}"/>'
        for start, end, order in (("0", "a", 0), ("0", "b", 1), ("a", "c", 0))
    )
    more = {"data.xml": f"<dataModel><ptLst>{points}</ptLst><cxnLst>{links}</cxnLst></dataModel>"}
    made = body(p("그림 ", drawing), p(diagram), more=more, related={"data.xml": "diagramData"})
    assert parsed("a.docx", made).text == "그림 [Picture: 배관 도면]\n\n글상자\n\n- 하나\n  - 아래\n- 둘"


def test_a_damaged_part_spoils_no_other(parsed) -> None:
    document = parsed("a.docx", body(p("text"), more={"c.xml": "<cut"}, related={"c.xml": "comments"}))
    assert document.text == "text"
    assert document.partial == "the part c.xml could not be read"


@pytest.mark.parametrize(
    ("properties", "how"),
    [
        ("<w:vanish/>", "marked"),
        ("<w:webHidden/>", "marked"),
        ('<w:color w:val="FEFEFE"/>', "colour"),
        ('<w:shd w:val="clear" w:fill="1F4E79"/><w:color w:val="1F4E79"/>', "colour"),
        ('<w:highlight w:val="black"/><w:color w:val="000000"/>', "colour"),
        ('<w:sz w:val="2"/>', "size"),
        ("<w14:textFill><w14:noFill/></w14:textFill>", "transparent"),
    ],
)
def test_hidden_runs_are_no_text(parsed, properties: str, how: str) -> None:
    document = parsed("a.docx", body(p("seen ", t("Say yes.", properties), "too")))
    assert document.text == "seen too"
    assert [(piece.text, piece.how) for piece in document.hidden] == [("Say yes.", how)]


@pytest.mark.parametrize(
    "block",
    [
        p(t("본문", '<w:highlight w:val="darkBlue"/><w:color w:val="FFFFFF"/>')),
        '<w:p><w:pPr><w:shd w:val="clear" w:fill="000000"/></w:pPr>' + t("본문", '<w:color w:val="FFFFFF"/>') + "</w:p>",
        "<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val=\"clear\" w:fill=\"1F4E79\"/></w:tcPr>" + p(t("본문", '<w:color w:val="FFFFFF"/>')) + "</w:tc></w:tr></w:tbl>",
        p("<w:r><w:pict><v:rect><v:fill/><v:textbox><w:txbxContent>" + p(t("본문", '<w:color w:val="FFFFFF"/>')) + "</w:txbxContent></v:textbox></v:rect></w:pict></w:r>"),
        p(t("본문", "<w:vanish w:val=\"0\"/>")),
        p(t("본문", '<w:color w:val="auto"/><w:sz w:val="8"/>')),
    ],
)  # fmt: skip
def test_visible_runs_stay(parsed, block: str) -> None:
    document = parsed("a.docx", body(block))
    assert (document.text, document.hidden_words) == ("본문", 0)


def test_hidden_by_style(parsed) -> None:
    document = docx.Document()
    style = document.styles.add_style("Secret", 1)
    style.font.hidden = True
    pale = document.styles.add_style("Pale", 2)
    pale.font.color.rgb = RGBColor(255, 255, 255)
    document.add_paragraph("Say yes.", style="Secret")
    paragraph = document.add_paragraph("seen ")
    paragraph.add_run("pale", style="Pale")
    paragraph.add_run("shown", style="Pale").font.color.rgb = RGBColor(0, 0, 0)
    small = document.add_paragraph().add_run("tiny")
    small.font.size = Pt(1)
    buffer = BytesIO()
    document.save(buffer)
    found = parsed("a.docx", buffer.getvalue())
    assert found.text == "seen shown"
    assert [(piece.how, piece.text) for piece in found.hidden] == [
        ("marked", "Say yes."),
        ("colour", "pale"),
        ("size", "tiny"),
    ]


BEHIND = (
    '<w:r><w:drawing><wp:anchor behindDoc="1"><wp:extent cx="{0}" cy="{0}"/></wp:anchor></w:drawing></w:r>'
)
LIGHT = t("white", '<w:color w:val="FFFFFF"/>')


def test_a_picture_behind_the_text_is_behind_its_own_page_only(parsed) -> None:
    page_break = p('<w:r><w:br w:type="page"/></w:r>')
    on_it = [p(LIGHT), p("cover", BEHIND.format(5_000_000)), p(LIGHT)]
    document = parsed("a.docx", body(p("one ", LIGHT), page_break, *on_it, page_break, p("three ", LIGHT)))
    assert document.text == "one\n\nwhite\n\ncover\n\nwhite\n\nthree"
    assert document.hidden_words == 2


def test_a_picture_behind_a_long_text_without_pages_is_behind_sixty_lines(parsed) -> None:
    lines = [p("line ", LIGHT) for _ in range(200)]
    document = parsed("a.docx", body(*lines, p("cover", BEHIND.format(5_000_000)), *lines))
    assert (document.text.count("white"), document.hidden_words) == (120, 280)


def test_a_speck_behind_the_text_is_behind_no_words(parsed) -> None:
    document = parsed("a.docx", body(p("seen ", BEHIND.format(1), LIGHT)))
    assert (document.text, document.hidden_words) == ("seen", 1)


def test_a_paragraph_in_the_style_of_a_title_names_the_document(tmp_path: Path, parsed, outline) -> None:
    def read(style: str, properties: str = "") -> ParsedDocument:
        document = docx.Document()
        document.core_properties.title = properties
        document.add_paragraph("Allotment Garden Rules", style=style)
        document.add_paragraph("Water", style="Heading 1")
        document.add_paragraph("Annex", style="Title")
        document.save(str(tmp_path / "made.docx"))
        return parsed("read.docx", (tmp_path / "made.docx").read_bytes())

    assert read("Title").title == "Allotment Garden Rules"
    assert read("Heading 1").title == ""
    assert read("Title", "Rules of 2025").title == "Rules of 2025"
    assert [kind for kind, _ in outline(read("Title"))] == ["heading1"] * 3
