from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image

from chatbot.citations.viewing import Box, PageView
from chatbot.config import SplitterConfig
from chatbot.store import NewChunk, NewDocument, Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
from chatbot.trace import Candidate
from ingest.parsing.parse import parse
from ingest.splitting.split import split

DARK = 110  # of 255: the passage is printed in black, everything else in light grey


@dataclass(frozen=True)
class Library:
    """An index whose documents can be searched for phrases."""

    store: Store
    folder: Path

    def add(self, file: Path, uri: str = "", path: Path | None = None) -> None:
        """Index a file; no model is needed to open what is in it."""
        parsed, content = parse(file), file.read_bytes()
        chunks = [
            NewChunk(c.text, c.start, c.end, c.page, c.heading, "", c.header)
            for c in split(parsed, SplitterConfig())
        ]
        document = NewDocument(
            uri or f"docs/{file.name}", path or file, hashlib.sha256(content).hexdigest(), "test", len(content),
            format=parsed.format, title=parsed.title, pages=len(parsed.pages), text=parsed.text,
        )  # fmt: skip
        with self.store.writing() as writer:
            writer.replace(document, chunks, np.ones((len(chunks), 1), np.float32))

    def candidate(self, name: str, phrase: str, occurrence: int = 0) -> Candidate:
        """The stretch of the stored text that reads ``phrase``, whatever white space is in it."""
        with self.store.reading() as view:
            uri = name if "/" in name else f"docs/{name}"
            pattern = r"[\s|-]*".join(map(re.escape, re.sub(r"\s", "", phrase)))
            found = list(re.finditer(pattern, view.document_text(uri)))[occurrence]
            chunk = [row for row in view.chunks_of(uri) if row.start <= found.start() < row.end][-1]
        return Candidate(chunk.id, uri, found.group(), found.span(), chunk.page, chunk.heading, chunk.header)


def grey(view: PageView) -> NDArray[np.uint8]:
    """The picture's pixels, shape (height, width)."""
    image = np.asarray(Image.open(BytesIO(view.picture)).convert("L"))
    assert image.shape == (view.height, view.width)
    return image


def covered(view: PageView, boxes: Iterable[Box]) -> NDArray[np.bool_]:
    """Which pixels lie under ``boxes``, give or take one."""
    mask = np.zeros((view.height, view.width), bool)
    for box in boxes:
        rows = slice(max(int(box.top * view.height) - 1, 0), int(box.bottom * view.height) + 2)
        columns = slice(max(int(box.left * view.width) - 1, 0), int(box.right * view.width) + 2)
        mask[rows, columns] = True
    return mask


def words_under(path: Path, view: PageView, boxes: Sequence[Box]) -> str:
    """The letters and figures that PDFium has in the middle of each box."""
    found = ""
    with pdfium.PdfDocument(path) as document:
        page = document[view.page - 1]
        assert page.get_rotation() == 0
        width, height = page.get_size()
        textpage = page.get_textpage()
        for box in boxes:
            third = (box.bottom - box.top) / 3
            found += textpage.get_text_bounded(
                box.left * width + 0.5,
                height - (box.bottom - third) * height,
                box.right * width - 0.5,
                height - (box.top + third) * height,
            )
        textpage.close()
        page.close()
    return "".join(filter(str.isalnum, found))


@pytest.fixture(scope="session")
def open_library() -> Callable[[Path, Path], Library]:
    """``open_library(index folder, documents folder)``: every file in the latter is indexed."""

    def make(index: Path, folder: Path) -> Library:
        library = Library(SqliteStore.create(index, StoreIdentity("test", "test"), 1), folder)
        for file in sorted(folder.iterdir()):
            library.add(file)
        return library

    return make


@pytest.fixture(scope="session")
def pixels():  # type: ignore[no-untyped-def]
    """``pixels(view, boxes)``: shares of the dark pixels under the boxes, and of the boxes that hold any."""

    def read(view: PageView, boxes: Sequence[Box]) -> tuple[float, float]:
        dark = grey(view) < DARK
        inside = dark & covered(view, boxes)
        inked = sum(bool((dark & covered(view, [box])).any()) for box in boxes)
        return inside.sum() / dark.sum(), inked / len(boxes)

    return read


@pytest.fixture(scope="session")
def words():  # type: ignore[no-untyped-def]
    return words_under
