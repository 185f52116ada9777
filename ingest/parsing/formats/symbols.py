"""Characters of symbol fonts, which have other meanings than their codes: boxes, check marks, arrows, Greek letters."""

from __future__ import annotations

# Wingdings, as word processors number them: from U+F000 on
SYMBOLS = {0xF0FE: "☑", 0xF0FD: "☒", 0xF0A8: "☐", 0xF06F: "☐", 0xF071: "☐", 0xF052: "☑", 0xF0A3: "☐", 0xF0FC: "✓",
           0xF0FB: "✗", 0xF0B7: "•", 0xF0A7: "▪", 0xF06C: "●", 0xF0E0: "→", 0xF0DF: "←", 0xF0D8: "➢"}  # fmt: skip
_GREEK = dict(zip("abcdefghijklmnopqrstuvwxyzDSWPFGLQX", "αβχδεφγηιϕκλμνοπθρστυϖωξψζΔΣΩΠΦΓΛΘΞ", strict=True))
_SYMBOL = _GREEK | {"\xb1": "±", "\xb4": "×", "\xb8": "÷", "\xa3": "≤", "\xb3": "≥", "\xb9": "≠", "\xb7": "•",
                    "\xb0": "°", "\xae": "→", "\xa5": "∞", "\xbb": "≈", "\xd6": "√", "\xe5": "∑", "\xf2": "∫"}  # fmt: skip


def in_symbol_font(data: bytes, font: str) -> str:
    """The characters that ``data`` shows in a font with symbols in place of letters."""
    text = data.decode("latin-1")
    if font.lower().startswith("symbol"):
        return "".join(_SYMBOL.get(char, char) for char in text)
    # other letters of such a font are small pictures
    return "".join(SYMBOLS.get(0xF000 + ord(char), "") for char in text)
