"""Charts: title, axes and figures, of whatever kind, as a table of categories and series."""

from __future__ import annotations

from contextlib import suppress

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.formats.ooxml.parts.drawing import drawn_text, shape_paragraphs
from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.formats.ooxml.sheets.number_format import NumberFormat
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# cells of one chart's table; Excel draws at most 32,000 points of 255 series
_MAX_CELLS = 1_000_000


def add_chart(builder: DocumentBuilder, package: Package, part: str, identifier: str | None) -> None:
    """Adds the chart that a relation of ``part`` leads to; one that cannot be read is told as a problem."""
    target = package.target(part, identifier)
    root = package.xml(target) if target else None
    if root is None:
        builder.problem("a chart could not be read")
        return
    if next(descendants(root, "plotArea", "chartData"), None) is None:
        builder.problem("a chart could not be read")
        return
    if next(descendants(root, "chartData"), None) is not None:
        _newer(builder, root)
    else:
        _classic(builder, root)
    for shapes in package.related(target, "chartUserShapes"):
        drawn = package.xml(shapes)
        for shape in descendants(drawn, "sp") if drawn is not None else ():
            for text in shape_paragraphs(shape):
                builder.paragraph(text)


def hide_chart(builder: DocumentBuilder, package: Package, part: str, identifier: str | None) -> None:
    """The words and figures of a chart that nobody sees."""
    apart = DocumentBuilder()
    add_chart(apart, package, part, identifier)
    with suppress(DocumentRefused):
        builder.hidden(apart.finish("chart").text, "marked")


def _classic(builder: DocumentBuilder, root: Element) -> None:
    builder.paragraph(_title(child(root, "chart")))
    area = next(descendants(root, "plotArea"))
    series = list(descendants(area, "ser"))
    names = [" ".join(_points(child(item, "tx")).values()) for item in series]
    columns = [_first(item, "val", "yVal", "bubbleSize") for item in series]
    categories = next((found for item in series if (found := _first(item, "cat", "xVal"))), {})
    corner, values = _axes(area)
    if values:
        builder.paragraph(values)
    indices = sorted(set(categories).union(*columns))
    if len(indices) * (len(series) + 1) > _MAX_CELLS:
        builder.problem("a chart could not be read")
        return
    rows = [[categories.get(index, ""), *(column.get(index, "") for column in columns)] for index in indices]
    if any(names) or len(rows) > 1:
        builder.table([[corner, *names], *rows], "header")
    else:
        builder.table(rows, "header")
    _labels(builder, series)


def _title(chart: Element | None) -> str:
    title = child(chart, "title")
    if title is None:
        return ""
    rich = [drawn_text(found) for found in descendants(title, "p")]
    return " ".join(filter(None, map(one_line, rich))) or " ".join(_points(child(title, "tx")).values())


def _axes(area: Element) -> tuple[str, str]:
    """Titles of the axis of categories and of those of values."""
    category = " ".join(filter(None, map(_title, children(area, "catAx", "dateAx"))))
    values = " / ".join(filter(None, map(_title, children(area, "valAx"))))
    return category, values


def _labels(builder: DocumentBuilder, series: list[Element]) -> None:
    """Words that somebody wrote at single points."""
    for item in series:
        for label in descendants(item, "dLbl"):
            text = child(label, "tx")
            if text is not None:
                builder.paragraph(" ".join(one_line(drawn_text(found)) for found in descendants(text, "p")))


def _first(series: Element, *locals_: str) -> dict[int, str]:
    return next((found for local in locals_ if (found := _points(child(series, local)))), {})


def _points(element: Element | None) -> dict[int, str]:
    """Texts by position, in the number format of the cells that they come from; levels of a category joined."""
    if element is None:
        return {}
    levels = list(descendants(element, "lvl"))
    if levels:
        parts = [_points_of(level) for level in reversed(levels)]
        return _spread(parts)
    found = _points_of(element)
    if not found and (direct := child(element, "v")) is not None and direct.text:
        return {0: direct.text}
    return found


def _points_of(element: Element) -> dict[int, str]:
    found: dict[int, str] = {}
    code = next((item.text or "" for item in descendants(element, "formatCode")), "General")
    for point in descendants(element, "pt"):
        position, value = attribute(point, "idx") or "0", child(point, "v")
        text = value.text if value is not None else None
        if text and position.isdecimal() and len(position) < 8:
            found[int(position)] = formatted(text, attribute(point, "formatCode") or code)
    return found


def _spread(levels: list[dict[int, str]]) -> dict[int, str]:
    """Outer levels name the first of their categories only: each goes on until the next."""
    last = levels[-1]
    found = {index: [] for index in sorted(last)}  # type: dict[int, list[str]]
    for level in levels[:-1]:
        current = ""
        for index in sorted(set(level) | set(last)):
            current = level.get(index, current)
            if index in found and current:
                found[index].append(current)
    return {index: " ".join([*outer, last[index]]) for index, outer in found.items()}


def formatted(text: str, code: str) -> str:
    """A stored figure as its number format shows it; words, and figures that it hides, as they are."""
    try:
        value = float(text)
    except ValueError:
        return text
    shown = NumberFormat(code or "General").shown(value)
    return text if shown is None else shown


def _newer(builder: DocumentBuilder, root: Element) -> None:
    """Waterfall, treemap, funnel and the other charts of 2016: their data stands by itself."""
    builder.paragraph(
        " ".join(
            one_line(drawn_text(found))
            for title in descendants(root, "title")
            for found in descendants(title, "p")
        )
    )
    series = {
        attribute(child(item, "dataId"), "val"): item
        for item in descendants(root, "series")
        if child(item, "dataId") is not None
    }
    for data in descendants(root, "data"):
        item = series.get(attribute(data, "id"))
        label = next(descendants(item, "v"), None) if item is not None else None
        columns = [_dimension(found) for found in children(data, "strDim", "numDim")]
        indices = sorted(set().union(*columns))
        kinds = [name(found) for found in children(data, "strDim", "numDim")]
        title = label.text or "" if label is not None else ""
        rows = [[column.get(index, "") for column in columns] for index in indices]
        builder.table([["" if kind == "strDim" else title for kind in kinds], *rows], "header")


def _dimension(element: Element) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for level in reversed(list(children(element, "lvl"))):
        code = attribute(level, "formatCode") or "General"
        for point in children(level, "pt"):
            position = attribute(point, "idx") or "0"
            if point.text and position.isdecimal() and len(position) < 8:
                found.setdefault(int(position), []).append(formatted(point.text, code))
    return {index: " ".join(texts) for index, texts in found.items()}
