"""What a browser paints of an element that is no text: values of forms, pictures' texts, formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.parsing.formats.mathml import agrees, formula_text
from ingest.parsing.xml_tree import Element, name

CHECKED, UNCHECKED = "☑", "☐"
# what stands in these is typed by nobody, or by nobody else to read
_NO_VALUE = frozenset({"hidden", "password", "file", "submit", "button", "reset", "image", "color", "range"})
# texts that only say that there is a picture, and names of files
_EMPTY_ALT = re.compile(
    r"(?:an?\s+)?(?:image|picture|photo|img|icon|logo|spacer|bullet|arrow|banner|thumbnail|avatar|figure|그림|사진|이미지|아이콘|로고)\s*\d*"
    r"|[\w .%()-]{0,100}\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)|https?://\S*|data:\S*|[\W_]*",
    re.I,
)
_LONGEST_ALT = 2_000
_OPTIONS = 2_000  # of a list, looked at for those that are chosen
_FORMULA_CLASSES = frozenset(
    {"katex", "katex-display", "mathjax", "mathjax_display", "mathjax_svg", "mwe-math-element", "ltx_math"}
)
_MATH_SCRIPT = re.compile(r"math/(?:tex|asciimath)", re.I)


def input_text(element: Element) -> str:
    """The value that an ``input`` shows, a box for a check box or radio button; empty for what shows no text."""
    kind = (element.get("type") or "text").strip().lower()
    if kind in ("checkbox", "radio"):
        return CHECKED if element.get("checked") is not None else UNCHECKED
    return "" if kind in _NO_VALUE else (element.get("value") or "").strip()


def select_text(element: Element) -> str:
    """The chosen options, joined by commas; the first one where a browser shows that."""
    options = [option for _, option in zip(range(_OPTIONS), element.iter("option"), strict=False)]
    chosen = [option for option in options if option.get("selected") is not None]
    many = element.get("multiple") is not None
    if not chosen and options and not many and (element.get("size") or "1") in ("0", "1"):
        chosen = options[:1]
    if not many:
        chosen = chosen[-1:]
    texts = (" ".join("".join(option.itertext()).split()) or option.get("label") or "" for option in chosen)
    return ", ".join(filter(None, texts))


def gauge_text(element: Element) -> str:
    """A ``progress`` or ``meter`` as per cent of its largest value."""
    try:
        value, most = float(element.get("value") or ""), float(element.get("max") or 1)
        return f"{100 * value / most:.0f}%" if most > 0 and 0 <= value <= most else ""
    except ValueError:
        return ""


def picture_text(element: Element) -> str:
    """``[Picture: ...]`` where the text of a picture says something."""
    alt = " ".join((element.get("alt") or "")[:_LONGEST_ALT].split())
    if element.get("role") in ("presentation", "none") or not alt or _EMPTY_ALT.fullmatch(alt):
        return ""
    # an emoji that a page draws itself
    return alt if len(alt) <= 2 and not alt.isascii() else f"[Picture: {alt}]"


def formula_of(element: Element, local: str) -> str | None:
    """The formula that ``element`` draws, once; ``None`` for an element that is no wrapper of a formula."""
    if local == "math":
        return formula_text(element)
    if local == "script":
        return _of_script(element)
    classes = (element.get("class") or "").lower().split()
    if local != "mjx-container" and _FORMULA_CLASSES.isdisjoint(classes):
        return None
    shown = " ".join(" ".join(_texts_of_class(element, "katex-html")).split())
    math = next((inner for inner in element.iter("math")), None)
    if math is not None:
        text = formula_text(math)
        return text if not shown or agrees(text, shown) else shown.replace(" ", "")
    if shown:
        return shown.replace(" ", "")
    # MathJax: the TeX follows in a script; Wikipedia: the picture's text
    picture = next((inner.get("alt") or "" for inner in element.iter("img")), "")
    return picture or (element.get("aria-label") if local == "mjx-container" else "") or ""


def _of_script(element: Element) -> str | None:
    """The TeX of a formula that MathJax has drawn before this script."""
    before = element.getprevious()
    if not _MATH_SCRIPT.match(element.get("type") or "") or before is None:
        return None
    if "mathjax" not in (before.get("class") or "").lower():
        return None
    if next(before.iter("math"), None) is not None:
        return None  # read from there
    return " ".join((element.text or "").split())


def _texts_of_class(element: Element, wanted: str) -> Iterator[str]:
    for inner in element.iter():
        if wanted in (inner.get("class") or "").split() and name(inner):
            yield from inner.itertext()
            return
