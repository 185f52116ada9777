"""Packaged manuals -> examples: a heading asks for its section, a description for what it describes.

    apt-get download python3.11-doc postgresql-doc-15 apache2-doc
    for package in *.deb; do dpkg-deb -x $package FOLDER; done
    python -m training.manuals --folder FOLDER --out W/manuals.json.xz

The heading is left out of its passage, so that common words alone do not find it. Their licences are in
``training.sources``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html

from training.examples import CUT, Example, TrainingData, portion, save_examples
from training.sources import BY_NAME

PLACES = {  # source -> where the package puts it, encoding
    "python_doc": ("usr/share/doc/python3.11/html", "utf-8"),
    "postgresql_doc": ("usr/share/doc/postgresql-doc-15/html", "utf-8"),
    "apache_doc": ("usr/share/doc/apache2-doc/manual/en", "utf-8"),
    "apache_doc_ko": ("usr/share/doc/apache2-doc/manual/ko", "euc-kr"),
}
_LEAST = 150  # characters of a passage
_DISTRACTORS = 0.2  # share of the passages kept that no question asks for
_HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS = "p|pre|li|dt|dd|td|th|div|table|ul|ol|dl"
_LEFT_OUT = ("//script | //style | //head | //*[contains(@class, 'nav') or contains(@class, 'sphinxsidebar')"
             " or contains(@class, 'related') or contains(@class, 'toc') or contains(@class, 'footer')"
             " or contains(@class, 'headerlink') or @id='quickview' or @id='path' or @id='page-header']")  # fmt: skip
_GENERIC = re.compile(
    r"^(?:description|notes?|examples?|parameters|compatibility|see also|outputs?|options|usage|introduction|"
    r"overview|summary|other|miscellaneous|contents?|authors?|history|synopsis|functions|exceptions|references?|"
    r"요약|주제|참고|관련.*|예제?|지시어|소개)$",
    re.IGNORECASE,
)


def load_manuals(folder: Path) -> TrainingData:
    """Every pair of the manuals unpacked in ``folder``; those that are not there are passed over."""
    corpus: dict[str, str] = {}
    examples: dict[str, Example] = {}
    for source, (place, encoding) in PLACES.items():
        for file in sorted((folder / place).rglob("*.html")):
            if file.is_symlink():  # a page nobody translated
                continue
            for number, (query, passage) in enumerate(_pairs(file, encoding)):
                name = f"{source}|{file.relative_to(folder / place)}#{number}"
                corpus[name] = passage
                if query and query not in examples:  # what several sections are called says nothing
                    examples[query] = Example(source, query, (name,))
    used = [e for e in examples.values() if portion(e.query) < BY_NAME[e.source].share]
    asked = {e.positives[0] for e in used}
    corpus = {p: t for p, t in corpus.items() if p in asked or portion(f"distractor {p}") < _DISTRACTORS}
    return TrainingData(corpus, sorted(used, key=lambda e: portion(f"order {e.source} {e.query}")))


def _pairs(file: Path, encoding: str) -> Iterator[tuple[str, str]]:
    """Question, or nothing where none can be asked, and passage."""
    page = html.fromstring(file.read_bytes(), parser=html.HTMLParser(encoding=encoding))
    for element in page.xpath(_LEFT_OUT):
        element.drop_tree()
    title = _line("".join(page.xpath("(//h1 | //h2)[1]")[0].itertext())) if page.xpath("//h1 | //h2") else ""
    for entry in page.xpath("//dl[contains(@class, 'py')]"):
        yield from _described(entry, title)
        entry.drop_tree()
    heading, parts = title, list[str]()
    for element in page.iter():
        if element.tag in _HEADINGS:
            yield from _section(title, heading, parts)
            heading, parts = _line("".join(element.itertext())), []
        elif element.tag in ("p", "pre", "li") and not element.xpath(
            "ancestor::p | ancestor::pre | ancestor::li"
        ):
            parts.append(_line(element.text_content()))
    yield from _section(title, heading, parts)


def _section(title: str, heading: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    text = "\n".join(part for part in parts if part)
    if len(text) < _LEAST:
        return
    if _GENERIC.match(heading):
        heading = f"{title} {heading}" if title != heading else ""
    yield heading if 6 <= len(heading) <= 120 else "", f"{title}\n\n{text}"[:CUT]


def _described(entry: html.HtmlElement, title: str) -> Iterator[tuple[str, str]]:
    names, texts = entry.xpath("./dt[1]"), entry.xpath("./dd[1]/p")
    if not names or not texts:
        return
    text = " ".join(_line(paragraph.text_content()) for paragraph in texts)
    first, _, rest = text.partition(". ")
    if 20 <= len(first) <= 160 and len(rest) >= _LEAST:
        yield first, f"{title}\n\n{_line(names[0].text_content())}\n{rest}"[:CUT]


def _line(text: str) -> str:
    """One line, without a section's number and the sign of its link."""
    return re.sub(
        r"^(?:Chapter\s+|Appendix\s+)?(?:\d+|[A-Z])(?:\.\d+)*\.\s+",
        "",
        " ".join(text.replace("¶", " ").split()),
    )


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--folder", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    data = load_manuals(a.folder)
    save_examples(data, a.out)
    for source in PLACES:
        print(f"{source}: {sum(e.source == source for e in data.examples):,} questions")
    print(f"{len(data.corpus):,} passages, data {data.sha256[:12]}")


if __name__ == "__main__":
    main()
