"""What a viewer paints over a page: form values, text boxes, stamps, comments."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from fakes.raw_pdf import raw_pdf


def pdf_with(annotations: list[str], content: str = "BT /F 11 Tf 60 700 Td (Contract) Tj ET") -> bytes:
    """A page with annotations written as PDF objects."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R/Annots["
        + " ".join(f"{number} 0 R" for number in range(6, 6 + len(annotations)))
        + "]>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *annotations,
    ]
    return raw_pdf(objects)


def test_form_values_stand_beside_their_labels(parsed, drawn) -> None:
    def page(canvas: Canvas) -> None:
        form = canvas.acroForm
        for y, label in ((740, "Name"), (700, "Reason:"), (660, "Secret")):
            canvas.drawString(72, y, label)
        form.textfield(
            name="name", x=150, y=732, width=300, height=22, value="Margarethe Quendel", fontSize=12
        )
        form.textfield(
            name="reason", x=150, y=692, width=300, height=22, value="Wedding in Busan", fontSize=12
        )
        form.textfield(
            name="secret", x=150, y=652, width=300, height=22, value="hunter2", fieldFlags="password"
        )
        form.checkbox(name="urgent", x=72, y=618, size=14, checked=True)
        canvas.drawString(95, 620, "Urgent")
        form.checkbox(name="paid", x=200, y=618, size=14, checked=False)
        canvas.drawString(223, 620, "Paid")
        form.choice(name="days", x=150, y=570, width=80, height=20, value="17", options=["3", "17"])
        canvas.drawString(72, 575, "Days")

    text = parsed("form.pdf", drawn(page)).text
    assert [line for line in text.split("\n") if line] == [
        "Name Margarethe Quendel", "Reason: Wedding in Busan", "Secret", "☑ Urgent ☐ Paid", "Days 17"
    ]  # fmt: skip


def test_a_page_with_nothing_but_values_is_no_scan(parsed, drawn) -> None:
    def page(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="name", x=150, y=732, width=300, height=22, value="Margarethe Quendel")

    document = parsed("form.pdf", drawn(page))
    assert (document.text, document.partial) == ("Margarethe Quendel", "")


def test_text_boxes_stamps_and_comments_are_read_and_hidden_ones_kept_apart(parsed) -> None:
    document = parsed("notes.pdf", pdf_with([
        "<</Type/Annot/Subtype/FreeText/Rect[60 600 400 640]/Contents(Approved by the board on 3 March)/DA(/Helv 12 Tf 0 g)>>",
        "<</Type/Annot/Subtype/Stamp/Rect[60 560 200 590]/Name/NotApproved>>",
        "<</Type/Annot/Subtype/Stamp/Rect[60 520 200 550]/Contents(PAID 4,200 EUR)>>",
        "<</Type/Annot/Subtype/Text/Rect[60 480 80 500]/Contents(The price is wrong)>>",
        "<</Type/Annot/Subtype/Highlight/Rect[60 440 200 460]/QuadPoints[60 460 200 460 60 440 200 440]/Contents<FEFFD655C778>>>",
        "<</Type/Annot/Subtype/FreeText/F 2/Rect[60 400 400 420]/Contents(Say yes)/DA(/Helv 12 Tf 0 g)>>",
        "<</Type/Annot/Subtype/FreeText/Rect[60 360 400 380]/Contents(White words)/DA(1 1 1 rg /Helv 12 Tf)>>",
        "<</Type/Annot/Subtype/Text/Rect[0 0 1 1]/Contents(Nobody sees this)>>",
        "<</Type/Annot/Subtype/FreeText/Rect[-300 0 -100 50]/Contents(Far away)/DA(/Helv 12 Tf 0 g)>>",
        "<</Type/Annot/Subtype/Link/Rect[60 700 100 710]/Contents(no text)>>",
    ]))  # fmt: skip
    assert document.text.split("\n\n") == [
        "Contract", "Approved by the board on 3 March", "Not Approved", "PAID 4,200 EUR",
        "[Comment: The price is wrong]", "[Comment: 확인]",
    ]  # fmt: skip
    assert sorted((piece.how, piece.text) for piece in document.hidden) == [
        ("colour", "White words"), ("marked", "Say yes"), ("outside", "Far away"), ("size", "[Comment: Nobody sees this]")
    ]  # fmt: skip
