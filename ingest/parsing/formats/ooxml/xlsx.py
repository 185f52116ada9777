"""Excel workbooks: a page per sheet, its filled cells as Markdown tables that end at empty rows."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument

_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and retry."
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.I)
_UNREADABLE = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    ParseError,
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
)


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        has_formulas = any(
            _FORMULA.search(archive.read(name))
            for name in archive.names
            if name.startswith("xl/worksheets/sheet")
        )
    builder = DocumentBuilder()
    # openpyxl warns about every extension that it leaves out
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = _open(path, data_only=True)
        # a workbook written by a program has formulas without results: the formulas are shown then
        formulas = _open(path, data_only=False) if has_formulas else None
        try:
            for number, sheet in enumerate(values.worksheets[:MAX_PAGES], 1):
                builder.start_page(number, sheet.title)
                twin = formulas.worksheets[number - 1] if formulas is not None else None
                try:
                    _sheet(builder, sheet, twin)
                except _UNREADABLE:
                    builder.problem(
                        Phrase("sheet {name} could not be read to its end", name=repr(sheet.title))
                    )
            if len(values.worksheets) > MAX_PAGES:
                builder.problem(
                    Phrase(
                        "only the first {count} of {total} sheets were read",
                        count=f"{MAX_PAGES:,}",
                        total=f"{len(values.worksheets):,}",
                    )
                )
            title = values.properties.title or ""
        finally:
            values.close()
            if formulas is not None:
                formulas.close()
    return builder.finish(
        "xlsx", title, empty="No sheet has a filled cell. Nothing to index; remove the file."
    )


def _open(path: Path, data_only: bool) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open(
            "rb"
        ) as file:  # a stored upload has no .xlsx ending, which openpyxl insists on for paths
            return load_workbook(BytesIO(file.read()), read_only=True, data_only=data_only)
    except (*_UNREADABLE, InvalidFileException) as error:
        raise DocumentRefused(_DAMAGED) from error


def _sheet(builder: DocumentBuilder, sheet: Any, twin: Any) -> None:
    """Tables end at empty rows, unless the next row is figures: it then still belongs to the header above."""
    rows: list[list[str]] = []
    gap = False
    for row in _rows(sheet, twin):
        if not row:
            gap = True
            continue
        if gap and rows and not (len(rows[-1]) > 1 and _has_figures(row)):
            builder.table(rows)
            rows = []
        gap = False
        rows.append(row)
        if builder.full:
            return
    builder.table(rows)


def _has_figures(row: list[str]) -> bool:
    return any(_FIGURE.fullmatch(text) for text in row[1:])


def _rows(sheet: Any, twin: Any) -> Iterator[list[str]]:
    """Cell texts up to the last filled one of each row; the sheet's claimed size is not believed."""
    sheet.reset_dimensions()
    if twin is None:
        for row in sheet.iter_rows(values_only=True):
            yield _texts(row)
        return
    twin.reset_dimensions()
    for row, formulas in zip(
        sheet.iter_rows(values_only=True), twin.iter_rows(values_only=True), strict=False
    ):
        yield _texts(
            formula if value is None else value for value, formula in zip(row, formulas, strict=False)
        )


def _texts(row: Any) -> list[str]:
    texts = [_text(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        # 15 digits are what Excel keeps: 0.1 + 0.2 shows as 0.3
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        )
    return str(value)
