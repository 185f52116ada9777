"""Fonts of a PDF page by their text objects: bold ones, and those that draw signs in place of letters."""

from __future__ import annotations

import ctypes
import re

from ingest.parsing.formats.symbols import UNNAMED, in_font
from ingest.parsing.pdf.glyphs import fast

_BOLD = re.compile(r"bold|black|heavy", re.I)
_SUBSET = re.compile(r"[A-Z]{6}\+")
_DINGBATS = re.compile(r"(wingdings|webdings)[\s-]*([23])?", re.I)
_GREEK = re.compile(r"symbol(?:mt|ps|stdregular)?(?:[,-].*)?", re.I)
# LibreOffice draws the signs of Wingdings with it
_OFFICE = "OpenSymbol"
_PRIVATE = re.compile("[\uf020-\uf0ff]")


class Fonts:
    """Names of fonts, asked for once each; text objects are told by their addresses."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._bold: dict[int, bool] = {}
        self._signs: dict[int, bool] = {}
        self._font = fast("FPDFTextObj_GetFont", ctypes.c_void_p)
        self._name = fast("FPDFFont_GetBaseFontName", ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong)

    def name(self, font: int) -> str:
        """The name of a font without the mark of a subset."""
        if font not in self._names:
            buffer = ctypes.create_string_buffer(128)
            self._name(font, ctypes.addressof(buffer), 128)
            self._names[font] = _SUBSET.sub("", buffer.value.decode("latin-1"), count=1)
        return self._names[font]

    def is_bold(self, text: int) -> bool:
        """By the font's name, as viewers do: the weight that PDFium reports is a guess for most embedded fonts."""
        font = self._font(text) or 0
        if font not in self._bold:
            self._bold[font] = _BOLD.search(self.name(font)) is not None
        return self._bold[font]

    def draws_signs(self, text: int) -> bool:
        """Whether ``drawn`` may change what a text object says."""
        font = self._font(text) or 0
        if font not in self._signs:
            name = self.name(font)
            self._signs[font] = bool(_DINGBATS.match(name) or _GREEK.fullmatch(name) or name == _OFFICE)
        return self._signs[font]

    def drawn(self, text: int, said: str) -> str:
        """``said`` as the font draws it: þ of Wingdings is a ticked box, and U+F06D of Symbol is μ.

        Symbol's other characters are named by PDFium already.
        """
        name = self.name(self._font(text) or 0)
        if found := _DINGBATS.match(name):
            return in_font(said, " ".join(filter(None, found.groups())))
        if _GREEK.fullmatch(name):
            return _PRIVATE.sub(lambda char: in_font(char.group(), "symbol"), said)
        return said.translate(UNNAMED) if name == _OFFICE else said
