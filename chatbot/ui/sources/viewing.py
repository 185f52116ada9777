"""Opening a source: what the page needs of ``ingest.viewing``, and a page with its boxes as HTML."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Protocol

from chatbot.citations.viewing import Box, NoPage, Original, PageView
from chatbot.rendering.safe import as_attribute
from chatbot.store import Store
from chatbot.trace import Candidate, Sentence


class Viewing(Protocol):
    """What the page needs of ``ingest.viewing``, which hands itself in: nothing here imports it."""

    def open_page(
        self,
        store: Store,
        candidate: Candidate,
        highlights: Sequence[Sentence],
        page: int | None,
        read_scan: bool = False,
    ) -> PageView | NoPage:
        """The page (``None``: where the passage begins) with the boxes of the passage and of ``highlights``.

        Takes a tenth of a second as a rule and seconds at worst; for any thread. ``read_scan`` makes it look for the
        passage on scanned pages too, which takes seconds: only where the page came without as ``is_unread``.
        """

    def original(self, store: Store, uri: str) -> Original | None:
        """The file of a document, as long as it is the one that was indexed."""


def page_html(view: PageView, description: str) -> str:
    """The picture with the passage's boxes and, above them, those of its highlighted sentences.

    The boxes are elements of their own (``sl-box``, ``sl-box sl-box-sentence``), placed in percent: they grow with
    the picture, and their colour is the page's.
    """
    picture = f"data:{view.mime};base64,{base64.b64encode(view.picture).decode()}"
    sentences = [box for boxes in view.sentence_boxes for box in boxes]
    return (
        f'<div class="sl-sheet" style="position:relative">'
        f'<img src="{picture}" width="{view.width}" height="{view.height}" alt="{as_attribute(description)}"'
        ' style="display:block;width:100%;height:auto">'
        f"{_spans(view.boxes, 'sl-box')}{_spans(sentences, 'sl-box sl-box-sentence')}</div>"
    )


def _spans(boxes: Iterable[Box], classes: str) -> str:
    return "".join(
        f'<span class="{classes}" style="position:absolute;left:{100 * box.left:.3f}%;top:{100 * box.top:.3f}%;'
        f'width:{100 * (box.right - box.left):.3f}%;height:{100 * (box.bottom - box.top):.3f}%"></span>'
        for box in boxes
    )
