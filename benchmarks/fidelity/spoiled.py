"""Made variants of real files: cut, empty, damaged, misnamed, in another encoding, with a password."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

TEXTS = (".txt", ".md", ".csv", ".tsv", ".html", ".json", ".jsonl", ".eml")
# the end of these says that it is the end: a cut one can be told from a whole one
CLOSED = (".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".epub", ".hwpx", ".doc", ".ppt", ".xls", ".msg", ".hwp")
_ANOTHER_NAME = {".pdf": ".docx", ".docx": ".pdf", ".xlsx": ".csv", ".pptx": ".txt", ".html": ".md", ".txt": ".pdf",
                 ".csv": ".xlsx", ".eml": ".txt", ".doc": ".docx", ".odt": ".zip", ".md": ".json", ".msg": ".eml"}  # fmt: skip
_ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig", "cp949", "latin-1")
_LARGEST = 2 * 2**20  # bytes; variants of larger files only take longer


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A made file.

    Attributes:
        how: ``cut``, ``damaged``, ``empty``, ``zeros``, ``misnamed``, ``password`` or the name of an encoding.
        of: the whole file; ``None`` where there is none.
    """

    path: Path
    how: str
    of: Path | None


def spoil(files: list[Path], folder: Path, count: int) -> list[Spoiled]:
    """``count`` variants of ``files`` in ``folder``, of every kind of file in turn."""
    kinds: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        if 0 < file.stat().st_size < _LARGEST:
            kinds[file.suffix.lower()].append(file)
    made = []
    for number, (how, suffix, of, content) in enumerate(islice(_variants(kinds), count)):
        path = folder / f"{number:03}-{how}-{of.stem[-40:] if of else 'made'}{suffix}"
        if callable(content):
            content(path)
        else:
            path.write_bytes(content)
        made.append(Spoiled(path, how, of))
    return made


_Variant = tuple[str, str, Path | None, bytes | Callable[[Path], None]]


def _variants(kinds: dict[str, list[Path]]) -> Iterator[_Variant]:
    yield "empty", ".docx", None, b""
    yield "empty", ".txt", None, b""
    yield "password", ".pdf", None, lambda path: _locked(path, "secret")
    yield "password", ".pdf", None, lambda path: _locked(path, "")
    for place in range(max(map(len, kinds.values()), default=0)):
        for suffix, files in sorted(kinds.items()):
            if place < len(files):
                yield from _of(files[place], suffix, place)


def _of(file: Path, suffix: str, place: int) -> Iterator[_Variant]:
    content = file.read_bytes()
    third = len(content) // 3
    yield "cut", suffix, file, content[: len(content) // 2]
    if suffix in TEXTS:
        encoding = _ENCODINGS[place % len(_ENCODINGS)]
        with suppress(UnicodeError):  # not in UTF-8, or with letters that the encoding lacks
            yield encoding, suffix, file, content.decode().encode(encoding)
    else:
        yield "damaged", suffix, file, content[:third] + bytes(third) + content[2 * third :]
    if place % 2 == 0 and suffix in _ANOTHER_NAME:
        yield "misnamed", _ANOTHER_NAME[suffix], file, content
    if place % 5 == 0:
        yield "zeros", suffix, file, bytes(len(content))


def _locked(path: Path, password: str) -> None:
    """A PDF of one page with a password for reading; an empty one only forbids changes."""
    from reportlab.lib.pdfencrypt import StandardEncryption

    canvas = Canvas(str(path), encrypt=StandardEncryption(password, ownerPassword="owner", canModify=0))
    canvas.drawString(72, 720, f"A page that is locked with {len(password)} letters.")
    canvas.save()
