"""Decoding of bytes to text: without one wrong character, or refused.

Order: byte order mark, UTF-16/32 without one (only they put NUL bytes into text), strict UTF-8, Korean
(CP949, which contains EUC-KR), Japanese, Cyrillic and Greek, Western, then charset-normalizer for the rest.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from chatbot.errors import DocumentRefused

UNDECODABLE = "The text is in no known encoding, or the file is not text. Save it as UTF-8 and retry."
BINARY = "The file is binary, not text. Save it as PDF, DOCX or plain text."

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# enough to know the language, little enough to be quick
_SAMPLE = 200_000
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HANJA = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŠŒŽšœžŸ«»¿¡“”‘’„‚–—…€£¥§©®™°±²³¼½¾·×÷ªºµ†‡•¢¬¶‰‹›\xa0]")
_SYMBOL_IN_WORD = re.compile(r"[a-z][¡¢£¤¥¦¨ª¬¯±³´¶¸¹º¼½¾¿][a-zÀ-ÿ]")
_CYRILLIC = (re.compile(r"(?<=[Ѐ-ӿ])[а-џґ]"), re.compile(r"(?<=[а-џ])[Ѐ-Я]"))
_GREEK = (re.compile(r"(?<=[Ά-ώ])[ά-ώ]"), re.compile(r"(?<=[ά-ώ])[Ά-Ϋ]"))
_ALPHABETS = (
    ("cp1251", *_CYRILLIC),
    ("koi8_r", *_CYRILLIC),
    ("cp866", *_CYRILLIC),
    ("cp1253", *_GREEK),
)
_LETTER_RUN = re.compile(r"[À-ÖØ-öø-ÿŠŒŽšœžŸ]+")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; raises ``DocumentRefused`` for binary or undecodable data.

    A UTF-8 file with a few broken bytes (at most one in a hundred characters that are not ASCII) is returned
    with U+FFFD in their place and the name ``utf-8 (damaged)``.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).removeprefix("\ufeff"), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                if encoding != "utf-8-sig":
                    cut = len(data) - len(data) % (4 if "32" in encoding else 2)
                    return _strict_or_refuse(data[:cut], encoding)
                data = data[3:]
    if b"\0" in data[:_SAMPLE]:
        return _wide(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data)
    _refuse_controls(data)
    # ISO-2022-JP is made of ASCII bytes only
    if b"\x1b$" in data[:_SAMPLE] and (japanese := _strictly(data, "iso2022_jp")) is not None:
        return japanese, "iso2022_jp"
    return text, "utf-8"


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _up_to_cut(data: bytes, encoding: str) -> str | None:
    """As ``_strictly``, but the file may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _strict_or_refuse(data: bytes, encoding: str) -> tuple[str, str]:
    text = _strictly(data, encoding)
    if text is None:
        raise DocumentRefused(UNDECODABLE)
    return text.removeprefix("\ufeff"), encoding


def _refuse_controls(data: bytes) -> None:
    sample = data[:_SAMPLE]
    # stray control characters happen in exported text; one in a hundred bytes does not
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        raise DocumentRefused(BINARY)


def _wide(data: bytes) -> tuple[str, str]:
    """UTF-16 or UTF-32 without a byte order mark: whichever reads as letters of few kinds."""
    best, best_score = "", 0.0
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if len(data) % width:
            continue
        decoder = codecs.getincrementaldecoder(encoding)()  # the sample may end within a character
        try:
            sample = decoder.decode(data[:_SAMPLE])
        except UnicodeDecodeError:
            continue
        if sample and (score := _plausible(sample)) > best_score:
            best, best_score = encoding, score
    if best_score < 0.95:
        # a few NULs in otherwise good UTF-8 are noise, more of them are a binary file
        if data.count(0) * 100 < len(data) and (text := _strictly(data, "utf-8")) is not None:
            _refuse_controls(data)
            return text.replace("\0", ""), "utf-8"
        raise DocumentRefused(BINARY)
    return _strict_or_refuse(data, best)


def _plausible(text: str) -> float:
    """Share of characters that ordinary text is made of, less the share of the rarer scripts."""
    good = 0
    for char in text:
        code = ord(char)
        if char in "\n\r\t" or 0x20 <= code < 0x7F or 0xAC00 <= code <= 0xD7A3 or 0x3000 <= code < 0x3100:
            good += 1
        elif code in (0x0A0D, 0x2000, 0x0A00, 0x0D00, 0x0900):  # white space with its bytes swapped
            good -= 1
        elif (
            0xA0 <= code < 0x0600
            or 0x4E00 <= code < 0xA000
            or 0x2010 <= code < 0x2700
            or 0xFF00 <= code < 0xFFF0
        ):
            good += unicodedata.category(char) not in ("Cn", "Co", "Cc")
    return good / len(text)


def _legacy(data: bytes) -> tuple[str, str]:
    try:
        _refuse_controls(data)
    except DocumentRefused:
        return _wide(data)  # Japanese or Chinese UTF-16 without a space has no NUL
    if (cut := _utf8_cut_off(data)) is not None:
        return cut, "utf-8"
    if (korean := _up_to_cut(data, "cp949")) is not None and _reads_korean(korean):
        return korean, "cp949"
    for encoding in ("cp932", "euc_jp"):
        if (japanese := _up_to_cut(data, encoding)) is not None and _reads_japanese(japanese):
            return japanese, encoding
    if (alphabetic := _cyrillic_or_greek(data)) is not None:
        return alphabetic
    if (western := _strictly(data, "cp1252")) is not None and _reads_western(western):
        return western, "cp1252"
    if (damaged := _damaged_utf8(data)) is not None:
        return damaged, "utf-8 (damaged)"
    return _guessed(data)


def _utf8_cut_off(data: bytes) -> str | None:
    """UTF-8 that ends within a character, as files cut at a size do."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if (
            error.reason == "unexpected end of data"
            and error.start > 16
            and not data[: error.start].isascii()
        ):
            return data[: error.start].decode("utf-8")
    return None


def _reads_korean(text: str) -> bool:
    """Hangul of the 2,350 everyday syllables, hardly any Hanja: GB2312 and EUC-JP read as CP949 fail this."""
    hangul = _HANGUL.findall(text[:_SAMPLE])
    if not hangul:
        return False
    foreign = sum(1 for char in text[:_SAMPLE] if ord(char) > 0x7F)
    everyday = sum(1 for char in hangul if _in_ks_x_1001(char))
    hanja = len(_HANJA.findall(text[:_SAMPLE]))
    return everyday >= 0.9 * len(hangul) and hanja <= 0.15 * len(hangul) and len(hangul) >= 0.5 * foreign


def _in_ks_x_1001(char: str) -> bool:
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return len(char.encode("euc_kr")) == 2


def _reads_japanese(text: str) -> bool:
    sample = text[:_SAMPLE]
    foreign = [char for char in sample if ord(char) > 0x7F]
    kana = len(_KANA.findall(sample))
    common = kana + len(_HANJA.findall(sample)) + len(re.findall(r"[\u3000-\u303f\uff01-\uff5e]", sample))
    return kana > 0 and kana >= 0.15 * len(foreign) and common >= 0.9 * len(foreign)


def _cyrillic_or_greek(data: bytes) -> tuple[str, str] | None:
    """The code page in which words are small letters: the wrong one puts capitals into them."""
    high = sum(1 for byte in data[:_SAMPLE] if byte > 0x7F)
    best, best_score = "", 0
    for encoding, letters, capital_inside in _ALPHABETS:
        sample = data[:_SAMPLE].decode(encoding, errors="replace")
        score = len(letters.findall(sample)) - 4 * len(capital_inside.findall(sample))
        if score > best_score:
            best, best_score = encoding, score
    # accented letters of Western text hardly ever follow each other, so that few would count
    if best_score < 4 or best_score < 0.5 * high:
        return None
    text = _strictly(data, best)
    return None if text is None else (text, best)


def _reads_western(text: str) -> bool:
    """Accented letters come alone or in pairs among ASCII letters; Cyrillic read as CP1252 comes in long runs."""
    sample = text[:_SAMPLE]
    foreign = [char for char in sample if ord(char) > 0x7F]
    runs = [len(run) for run in _LETTER_RUN.findall(sample)]
    western = sum(1 for char in foreign if _WESTERN.match(char))
    letters = sum(1 for char in sample if char.isascii() and char.isalpha())
    if _SYMBOL_IN_WORD.search(sample):
        return False  # a letter of another code page
    return western >= 0.97 * len(foreign) and max(runs, default=0) <= 3 and letters >= sum(runs)


def _damaged_utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for char in text if ord(char) > 0x7F) - broken
    return text if foreign >= 100 * broken else None


def _guessed(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes  # 60 ms to import, rarely needed

    best = from_bytes(data[:_SAMPLE]).best()
    text = _strictly(data, best.encoding) if best is not None else None
    if best is None or text is None or any(unicodedata.category(char) == "Co" for char in text[:_SAMPLE]):
        raise DocumentRefused(UNDECODABLE)
    return text, best.encoding
