"""Symbol fonts: the character that a person sees for a code of Symbol, Wingdings or Webdings.

These fonts draw their own signs in place of letters, so that a ticked box is stored as the letter þ.
"""

from __future__ import annotations

# Adobe's Symbol encoding; the Greek letter that is drawn for each Latin one
_SYMBOL = dict(
    zip(
        range(0x20, 0x7F),
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
        strict=True,
    )
) | dict(
    zip(
        range(0xA0, 0xFF),
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑(((([[[{{{|\ufffd〉∫∫∫∫)))]]]}}}",
        strict=False,
    )
)
_WINGDINGS = {
    **dict(zip(range(0x81, 0x8B), "①②③④⑤⑥⑦⑧⑨⑩", strict=True)),
    **dict(zip(range(0x8C, 0x96), "❶❷❸❹❺❻❼❽❾❿", strict=True)),
    **dict(zip(range(0xDF, 0xE7), "←→↑↓↖↗↙↘", strict=True)),
    **dict(zip(range(0xE7, 0xEF), "←→↑↓↖↗↙↘", strict=True)),
    **dict(zip(range(0xEF, 0xF9), "⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂", strict=True)),
    0x20: " ",
    0x21: "✏",
    0x22: "✂",
    0x28: "☎",
    0x29: "✆",
    0x2A: "✉",
    0x3F: "✍",
    0x43: "👍",
    0x44: "👎",
    0x45: "☜",
    0x46: "☞",
    0x47: "☝",
    0x48: "☟",
    0x4A: "☺",
    0x4B: "😐",
    0x4C: "☹",
    0x54: "❄",
    0x6C: "●",
    0x6D: "❍",
    0x6E: "■",
    0x6F: "☐",
    0x70: "☐",
    0x71: "❑",
    0x72: "❒",
    0x73: "◆",
    0x74: "◆",
    0x75: "◆",
    0x76: "❖",
    0x77: "◆",
    0x78: "☒",
    0x7B: "❀",
    0x80: "⓪",
    0x8B: "⓿",
    0x9E: "·",
    0x9F: "•",
    0xA0: " ",
    0xA1: "○",
    0xA2: "○",
    0xA4: "◉",
    0xA5: "◎",
    0xA7: "▪",
    0xA8: "☐",
    0xAB: "★",
    0xB6: "☆",
    0xD5: "⌫",
    0xD6: "⌦",
    0xD8: "➢",
    0xDC: "➲",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
_WINGDINGS_2 = {
    **dict(zip(range(0x6A, 0x74), "①②③④⑤⑥⑦⑧⑨⑩", strict=True)),
    **dict(zip(range(0x76, 0x80), "❶❷❸❹❺❻❼❽❾❿", strict=True)),
    0x20: " ",
    0x2A: "☐",
    0x30: "☐",
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x55: "⮽",
    0x95: "•",
    0x97: "●",
    0x98: "●",
    0x99: "○",
    0x9A: "○",
    0xA0: "■",
    0xA1: "■",
    0xA2: "■",
    0xA3: "☐",
}
_WINGDINGS_3 = {
    **dict(zip(range(0x21, 0x29), "←→↑↓↖↗↘↙", strict=True)),
    **dict(zip(range(0x66, 0x6E), "←→↑↓↖↗↙↘", strict=True)),
    0x20: " ",
    0x70: "▲",
    0x71: "▼",
    0x72: "△",
    0x73: "▽",
    0x74: "◀",
    0x75: "▶",
    0x76: "◁",
    0x77: "▷",
    0x7D: "▶",
    0x7C: "◀",
    0x96: "→",
    0xC6: "⇒",
}
_WEBDINGS = {
    0x20: " ",
    0x33: "◀",
    0x34: "▶",
    0x35: "▲",
    0x36: "▼",
    0x61: "✓",
    0x63: "☐",
    0x67: "■",
    0x6E: "●",
} | {
    0x72: "✗",
    0x59: "♥",
    0x99: "☆",
}
_FONTS = {
    "symbol": _SYMBOL,
    "symbolmt": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
    "webdings": _WEBDINGS,
}
# signs in the private area whose font is not told: word processors put those of Wingdings there, and two boxes of Wingdings 2
UNNAMED = {0xF000 + code: sign for code, sign in _WINGDINGS.items()} | {
    0xF052: "☑", 0xF071: "☐", 0xF0A3: "☐", 0xF0B7: "•",
}  # fmt: skip
# a sign of these fonts that has no character of its own: some ornament
_ORNAMENT = "•"


def is_symbol_font(font: str | None) -> bool:
    return (font or "").strip().lower() in _FONTS


def in_font(text: str, font: str | None) -> str:
    """``text`` as ``font`` draws it; unchanged for a font with letters."""
    table = _FONTS.get((font or "").strip().lower())
    return text if table is None else "".join(_drawn(char, table) for char in text)


def symbol(code: str | None, font: str | None) -> str:
    """The character of a ``w:sym``: a code in hexadecimal, in the private area or below it; empty for none."""
    try:
        char = chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return ""
    return in_font(char, font) if is_symbol_font(font) else ("" if 0xE000 <= ord(char) <= 0xF8FF else char)


def _drawn(char: str, table: dict[int, str]) -> str:
    place = ord(char)
    if 0xF020 <= place <= 0xF0FF:
        place -= 0xF000
    elif not 0x20 <= place <= 0xFF:
        return char  # Hangul in such a run falls back to a font that has it
    return table.get(place, _ORNAMENT)
