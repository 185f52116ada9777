"""Jupyter notebooks: the cells in order, and what they printed. Pictures and other data are left out."""

from __future__ import annotations

import re
from typing import Any

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.formats.text.markdown import add_markdown
from ingest.parsing.formats.web.html_page import add_html

# colours of a terminal
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_MAX_OUTPUT = 200_000  # characters of one output


def is_notebook(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "nbformat" in value
        and (isinstance(value.get("cells"), list) or isinstance(value.get("worksheets"), list))
    )


def write_notebook(builder: DocumentBuilder, notebook: dict[str, Any]) -> str:
    """Adds the cells to ``builder``; returns the title that the notebook says it has."""
    sheets = notebook.get("worksheets") or [notebook]  # format 3 has sheets
    for sheet in sheets if isinstance(sheets, list) else []:
        for cell in sheet.get("cells") or [] if isinstance(sheet, dict) else []:
            if isinstance(cell, dict):
                _cell(builder, cell)
    metadata = notebook.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return title if isinstance(title, str) else ""


def _cell(builder: DocumentBuilder, cell: dict[str, Any]) -> None:
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input")))
    if kind == "heading":
        level = cell.get("level")
        builder.heading(source, level if isinstance(level, int) else 1)
    elif kind == "markdown":
        add_markdown(builder, storable(source))
    else:
        builder.code(source)
        for output in cell.get("outputs") or []:
            if isinstance(output, dict):
                _output(builder, output)


def _output(builder: DocumentBuilder, output: dict[str, Any]) -> None:
    if output.get("output_type") in ("error", "pyerr"):
        builder.code(f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}")
        return
    data = output.get("data")
    data = data if isinstance(data, dict) else output  # format 3 has them beside the kind
    html = _joined(data.get("text/html", data.get("html")))
    if "<table" in html:
        # a data frame: its plain form breaks wide tables apart
        add_html(builder, html, site=False)
    elif markdown := _joined(data.get("text/markdown")):
        add_markdown(builder, storable(markdown))
    else:
        text = (
            _joined(output.get("text")) or _joined(data.get("text/plain")) or _joined(data.get("text/latex"))
        )
        is_name = text.startswith("<") and any(str(kind).startswith("image/") for kind in data)
        # "<Figure size 640x480>" is the name of the picture beside it
        builder.code("" if is_name else _ANSI.sub("", text[:_MAX_OUTPUT]))


def _joined(value: Any) -> str:
    """Text, which notebooks also keep as a list of lines."""
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""
