"""Is every sentence and every cell of an office file, a page or a mail in our text?

    python -m benchmarks.fidelity.office --data FOLDER [--markitdown FOLDER] [--kinds docx,pptx]

Each file is read by markitdown (``pip install --target FOLDER "markitdown[docx,pptx,xlsx,xls,outlook]"``) and by
LibreOffice (``soffice``), where they are there. Every sentence or cell of theirs with a word that we lack is printed,
the word first.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fidelity.others import by_libreoffice, by_markitdown
from benchmarks.fidelity.words import Ours, words
from chatbot.errors import DocumentRefused
from ingest.parsing.parse import parse

_KINDS = "docx,docm,pptx,xlsx,xlsm,xlsb,html,doc,ppt,xls,odt,ods,odp,rtf,epub,msg,hwp,hwpx"
_LIBREOFFICE = [
    "docx",
    "docm",
    "pptx",
    "xlsx",
    "xlsm",
    "xlsb",
    "doc",
    "ppt",
    "xls",
    "odt",
    "ods",
    "odp",
    "rtf",
    "hwp",
]
_MARKITDOWN = [
    "docx",
    "pptx",
    "xlsx",
    "xls",
    "html",
    "epub",
    "msg",
]  # it gives the codes of an RTF file, not its text
_SHOWN = 8  # sentences of a file
# addresses of links and pictures, and the marks of Markdown
_ADDRESS = re.compile(r"(?<=\])\([^()\s]{0,2000}(?:\s\"[^\"]*\")?\)|<?\bhttps?://\S{1,2000}|!\[[^\]]*\]")
# Markdown, TeX's macros, and what markitdown's own table reader (pandas) writes for cells without a value and 5 as 5.0
_MARK = re.compile(
    r"\\[a-z]+|\\(?=[^\w\s])|[*`#]+|\[[ x]\]|</?(?:u|sup|sub|br|span)\b[^>]{0,200}>|<!--.*?-->|&(?:nbsp|amp|lt|gt);"
    r"|\bUnnamed: \d+(?:_level_\d+)?|\bNaN\b|(?<=\d)\.0(?=\s*(?:\||$))",
    re.M,
)
_PIECE = re.compile(r"[^|\n]{1,2000}?(?:[.!?。]\s|[|\n]|$)")


def plain(markdown: str) -> str:
    return _MARK.sub("", _ADDRESS.sub("", markdown))


def lacking(text: str, ours: Ours) -> tuple[int, int, Iterator[str]]:
    """How many words ``text`` has, how many of them we lack, and the sentences or cells in which they stand."""
    theirs = words(text)
    missing, _hidden = ours.lacks(theirs)
    return len(theirs), missing.total(), _pieces(text, set(missing))


def _pieces(text: str, missing: set[str]) -> Iterator[str]:
    for piece in _PIECE.findall(text) if missing else ():
        if found := sorted(missing & set(words(piece))):
            yield f"{', '.join(found[:5])}: {' '.join(piece.split())[:200]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with documents")
    parser.add_argument("--markitdown", type=Path, help="the folder that markitdown was installed into")
    parser.add_argument("--kinds", default=_KINDS, help="endings, with commas")
    parser.add_argument("--readers", default="markitdown,libreoffice", help="one of them, or both")
    arguments = parser.parse_args()
    kinds = tuple(f".{kind}" for kind in arguments.kinds.split(","))
    files = sorted(
        f for folder in arguments.data for f in folder.rglob("*") if f.is_file() and f.suffix.lower() in kinds
    )
    ours: dict[Path, Ours] = {}
    for file in files:
        try:
            ours[file] = Ours(parse(file))
        except DocumentRefused as refusal:
            print(f"refused: {file.name}: {refusal}")
    if "markitdown" in arguments.readers:
        readable = [file for file in ours if file.suffix.lower()[1:] in _MARKITDOWN]
        texts = by_markitdown(readable, arguments.markitdown)
        _print("markitdown", ours, dict(zip(readable, texts, strict=True)))
    if shutil.which("soffice") and "libreoffice" in arguments.readers:
        readable = [file for file in ours if file.suffix.lower()[1:] in _LIBREOFFICE]
        _print("LibreOffice", ours, dict(zip(readable, by_libreoffice(readable), strict=True)))


def _print(reader: str, ours: dict[Path, Ours], theirs: dict[Path, str | None]) -> None:
    total = lost = 0
    read = {file: text for file, text in theirs.items() if text}
    for file, text in read.items():
        count, missing, pieces = lacking(plain(text), ours[file])
        total, lost = total + count, lost + missing
        if missing:
            print(f"{reader}, {file.name}: {missing} of {count} words missing")
            for piece, _ in zip(pieces, range(_SHOWN), strict=False):
                print(f"    {piece}")
    share = 1 - lost / max(total, 1)
    print(f"{reader}: {len(read)} of {len(theirs)} files, {total:,} words: recall {share:.4f}")


if __name__ == "__main__":
    main()
