"""Whether OCR is there: an extra, in use as soon as it is installed. Nothing is loaded for the answer."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

INSTALL = (
    'pip install "secondlook[ocr]", and the language data (Debian, Ubuntu: '
    "apt install tesseract-ocr-script-hang tesseract-ocr-kor tesseract-ocr-eng)"
)
# the model of the script reads Hangul and Latin letters alike; the two languages together mistake one for the other:
# character error rate .002 against .020 on Korean pages, .001 against .000 on English ones
_MODELS = ("Hangul", "script/Hangul")
_LANGUAGES = ("kor", "eng")
_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)


def available() -> bool:
    """Whether the packages and the language data are there; nothing is loaded."""
    return all(find_spec(name) for name in ("tesserocr", "PIL")) and language_data() is not None


def came_since(missing: str) -> bool:
    """Whether what a refused or partial file was ``missing`` is there now: parse it again."""
    return missing == "ocr" and available()


def language_data() -> tuple[Path, str, str] | None:
    """The folder with the language data, what to read with, and what to try on unsure pages (or nothing).

    ``TESSDATA_PREFIX`` comes first.
    """
    for folder in map(Path, filter(None, (os.environ.get("TESSDATA_PREFIX"), *_FOLDERS))):
        for name in _MODELS:
            if (folder / f"{name}.traineddata").is_file():
                english = (folder / "eng.traineddata").is_file()
                return folder, name, f"{name}+eng" if english else ""
        if found := [name for name in _LANGUAGES if (folder / f"{name}.traineddata").is_file()]:
            return folder, "+".join(found), ""
    return None
