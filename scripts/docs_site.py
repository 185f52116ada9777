"""What the documentation's site does besides rendering docs/*.md; mkdocs.yml names it as a hook.

    CHANGELOG.md, SECURITY.md -> pages of the site too -> links between them and docs/ led right
    a page whose name ends in .ko.md -> the words around it in Korean

All pages stay as they are read in the repository, with links that lead right there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ("CHANGELOG.md", "SECURITY.md")  # pages that stand beside docs/, not in it
ICON = ROOT / "chatbot" / "ui" / "assets" / "icon.svg"
_FROM_BESIDE = re.compile(r"\]\(docs/")
_FOR_THE_REPOSITORY = re.compile(r"(?s)<!-- in the repository only -->.*?<!-- end -->")
_TO_BESIDE = re.compile(rf"\]\(\.\./({'|'.join(map(re.escape, BESIDE))})")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for name in BESIDE:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    files.append(File.generated(config, "assets/icon.svg", abs_src_path=str(ICON)))
    return files


def on_page_markdown(markdown: str, page: Page, **_given: object) -> str:
    if page.file.src_uri in BESIDE:
        return _FROM_BESIDE.sub("](", markdown)
    return _TO_BESIDE.sub(r"](\1", _FOR_THE_REPOSITORY.sub("", markdown))


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, **_given: object
) -> dict[str, Any]:
    config.theme["language"] = "ko" if page.file.src_uri.endswith(".ko.md") else "en"
    return context
