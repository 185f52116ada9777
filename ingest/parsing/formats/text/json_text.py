"""JSON and JSON Lines as readable text: a block per record, a ``key: value`` line per field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line, without_data
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.text.json_values import load
from ingest.parsing.formats.text.notebook import is_notebook, write_notebook
from ingest.parsing.formats.text.plain_text import read_text, text_blocks

# an object of up to so many fields reads as one record
_RECORD_LINES = 40
_TOO_DEEP = "The JSON is nested too deeply to be read as text. Flatten it and retry."
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    builder = DocumentBuilder()
    if partial:
        builder.problem(partial)
    try:
        loaded = load(text)
        for problem in loaded.problems:
            builder.problem(problem)
        if loaded.values is None:
            text = _ESCAPES.sub(_unescaped, without_data(text))
            plain = tuple(text_blocks(text))
            return ParsedDocument(text, plain, format="json", partial="; ".join(builder.problems))
        if len(loaded.values) == 1 and is_notebook(loaded.values[0]):
            return builder.finish("notebook", write_notebook(builder, loaded.values[0]))
        for value in loaded.values:
            _write(builder, value)
    except RecursionError as error:
        raise DocumentRefused(_TOO_DEEP) from error
    return builder.finish("json")


def _unescaped(run: re.Match[str]) -> str:
    """The characters that a run of ``\\uXXXX`` stands for; of ASCII, where a quote would end a string, it stays."""
    units = [int(unit, 16) for unit in run.group().split("\\u")[1:]]
    if min(units) < 0x80:
        return run.group()
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")


def _write(builder: DocumentBuilder, value: Any, level: int = 1) -> None:
    """A short object is one paragraph; a list of objects, one each; a long object is split under its keys."""
    if isinstance(value, list) and not _is_plain_list(value):
        for item in value:
            _write(builder, item, level)
        return
    # no more lines than decide: at each level of a deep object they are counted again
    lines = list(islice(_lines(value), _RECORD_LINES + 1))
    if not isinstance(value, dict) or (
        len(lines) <= _RECORD_LINES and not any(map(_is_table, value.values()))
    ):
        builder.paragraph("\n".join(lines))
        return
    nested = {
        key: item
        for key, item in value.items()
        if isinstance(item, (dict, list)) and not _is_plain_list(item)
    }
    builder.paragraph("\n".join(_field(key, item) for key, item in value.items() if key not in nested))
    for key, item in nested.items():
        builder.heading(str(key), level)
        _write(builder, item, level + 1)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value)


def _lines(value: Any, prefix: str = "") -> Iterator[str]:
    """``a.b: value`` lines; lists of plain values on one line."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)) and not _is_plain_list(item):
                yield from _lines(item, f"{prefix}{key}.")
            else:
                yield _field(prefix + str(key), item)
    elif isinstance(value, list) and not _is_plain_list(value):
        for number, item in enumerate(value, 1):
            yield from _lines(item, f"{prefix}{number}.")
    else:
        text = ", ".join(map(_scalar, value)) if isinstance(value, list) else _scalar(value)
        yield f"{prefix.removesuffix('.')}: {text}" if prefix else text


def _is_plain_list(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value)


def _field(key: object, value: Any) -> str:
    text = ", ".join(map(_scalar, value)) if isinstance(value, list) else _scalar(value)
    return f"{key}: {text}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or value == {} else one_line(without_data(str(value)))
