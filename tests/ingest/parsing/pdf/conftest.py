from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

HANGUL = "HYSMyeongJo-Medium"
pdfmetrics.registerFont(UnicodeCIDFont(HANGUL))


@pytest.fixture
def drawn() -> Callable[..., bytes]:
    """A PDF of the pages that the functions draw."""

    def draw(*pages: Callable[[Canvas], None], **options: object) -> bytes:
        buffer = BytesIO()
        canvas = Canvas(buffer, **options)
        for page in pages:
            canvas.setFont("Helvetica", 11)
            page(canvas)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return draw
