"""The style sheets: one place for what things look like, and text that can be read on every ground."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import tinycss2

from chatbot.ui.server.shell import style_sheets
from paths import ROOT

TOKENS, *OTHERS = style_sheets()
THEMES = ("light", "dark")
LEAST = 4.5  # contrast of text that is not large: WCAG 2.2, 1.4.3
TEXTS = ("ink", "muted", "accent", "down")
GROUNDS = ("paper", "raised", "side", "head")
VEILS = ("soft", "tint", "mark-warm", "mark-dim")  # over a ground
_DISTANCES = re.compile(r"^(?:(?:row-|column-)?gap|(?:margin|padding)(?:-\w+)*)$")
_COLOURS = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklch|color-mix|light-dark)a?\(")


def declarations(sheet: Path) -> Iterator[tuple[str, str]]:
    """Name and value of every declaration, also of those inside of ``@media``."""
    yield from _declared(tinycss2.parse_stylesheet(sheet.read_text("utf-8"), skip_comments=True))


def filled(sheet: Path) -> Iterator[tuple[str, str]]:
    """Text and ground of every rule that names both."""
    for body in re.findall(
        r"\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    ):
        found = {
            name: colours[0]
            for name in ("color", "background")
            if (colours := re.findall(rf"(?:^|[;\s]){name}: var\(--sl-([\w-]+)\)", body))
        }
        if len(found) == 2:
            yield found["color"], found["background"]


def _declared(rules: list[Any]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        assert rule.type != "error", rule.message
        if rule.type == "at-rule" and rule.content is not None:
            yield from _declared(tinycss2.parse_rule_list(rule.content, True, True))
        elif rule.type == "qualified-rule":
            for part in tinycss2.parse_blocks_contents(rule.content, True, True):
                assert part.type == "declaration", f"{rule.source_line}: {part}"
                yield part.name, tinycss2.serialize(part.value).strip()


def tokens() -> dict[str, str]:
    return {name.removeprefix("--sl-"): value for name, value in declarations(TOKENS)}


def colour(token: str, theme: str) -> tuple[float, float, float, float]:
    value = tokens()[token]
    both = re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
    digits = (both[1 + THEMES.index(theme)] if both else value).removeprefix("#")
    red, green, blue, alpha = (int(digits[at : at + 2] or "ff", 16) for at in (0, 2, 4, 6))
    return red, green, blue, alpha / 255


def laid_over(top: tuple[float, ...], ground: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(t * top[3] + g * (1 - top[3]) for t, g in zip(top[:3], ground[:3], strict=True))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(rgb: tuple[float, ...]) -> float:
    parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in rgb[:3])]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("sheet", OTHERS, ids=lambda sheet: sheet.name)
def test_only_the_tokens_name_colours_sizes_of_type_distances_and_corners(sheet: Path) -> None:
    wrong = []
    for name, value in declarations(sheet):
        sizes = [float(size) for size in re.findall(r"(?<![\w.(-])(\d*\.?\d+)rem", value)]
        is_literal = bool(_COLOURS.search(value))
        is_literal |= name == "font-size" and bool(sizes)
        is_literal |= name == "border-radius" and bool(sizes or re.search(r"\dpx", value))
        is_literal |= bool(_DISTANCES.match(name)) and any(size < 2 for size in sizes)
        if is_literal:
            wrong.append(f"{name}: {value}")
    assert wrong == []


@pytest.mark.parametrize("sheet", OTHERS, ids=lambda sheet: sheet.name)
def test_every_variable_is_one_of_the_tokens(sheet: Path) -> None:
    own = {name for name, _ in declarations(sheet) if name.startswith("--sl-")}
    used = {name for _, value in declarations(sheet) for name in re.findall(r"var\((--sl-[\w-]+)", value)}
    set_elsewhere = {"--sl-panel", "--sl-level"}  # its width by panel.css; by each line of an outline
    assert used - own - set_elsewhere <= {f"--sl-{name}" for name in tokens()}


@pytest.mark.parametrize(("theme", "text", "ground"), [*product(THEMES, TEXTS, GROUNDS)])
def test_text_can_be_read_on_every_ground_also_through_a_veil(theme: str, text: str, ground: str) -> None:
    under = colour(ground, theme)
    for veil in (None, *VEILS):
        seen = under if veil is None else laid_over(colour(veil, theme), under)
        assert contrast(colour(text, theme), seen) >= LEAST, veil
        if veil == "tint":  # a current row that is hovered
            assert contrast(colour(text, theme), laid_over(colour("soft", theme), seen)) >= LEAST


@pytest.mark.parametrize("theme", THEMES)
def test_marked_words_and_filled_buttons_can_be_read(theme: str) -> None:
    assert contrast(colour("ink", theme), colour("mark", theme)) >= LEAST
    assert contrast(colour("on-accent", theme), colour("accent", theme)) >= LEAST


@pytest.mark.parametrize("theme", THEMES)
def test_what_a_rule_writes_on_its_own_ground_can_be_read(theme: str) -> None:
    """Also what no page shows while it is looked at: buttons that are hovered or pressed, a server that is gone."""
    pairs = {pair for sheet in OTHERS for pair in filled(sheet)}
    assert {("on-accent", "accent"), ("accent", "tint")} <= pairs
    for text, ground in sorted(pairs):
        over = colour(ground, theme)
        grounds = [over] if over[3] == 1 else [laid_over(over, colour(under, theme)) for under in GROUNDS]
        for seen in grounds:
            assert contrast(colour(text, theme), seen) >= LEAST, (text, ground)


def test_no_words_fade_while_something_is_waited_for() -> None:
    """Only a dot breathes: at less than 0.8 of their colour words are no longer read (4.5)."""
    sheets = "".join(sheet.read_text("utf-8") for sheet in OTHERS)
    breathing = re.findall(r"([^{}]*)\{[^{}]*animation: sl-breathe", sheets)
    assert [rule.strip().endswith("::before") for rule in breathing] == [True]


@pytest.mark.parametrize("theme", THEMES)
def test_our_colours_are_those_of_streamlits_theme(theme: str) -> None:
    settings = tomllib.loads(ROOT.joinpath(".streamlit", "config.toml").read_text("utf-8"))["theme"][theme]
    found = {
        "primaryColor": "accent", "backgroundColor": "paper", "secondaryBackgroundColor": "head", "textColor": "ink",
    }  # fmt: skip
    for setting, token in found.items():
        digits = settings[setting].removeprefix("#")
        assert colour(token, theme)[:3] == tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4)), setting
    side = settings["sidebar"]["backgroundColor"].removeprefix("#")
    assert colour("side", theme)[:3] == tuple(int(side[at : at + 2], 16) for at in (0, 2, 4))


def test_the_page_begins_in_the_theme_that_the_server_names_later() -> None:
    first = style_sheets()[0].parents[1].joinpath("inline", "first_theme.js").read_text("utf-8")
    settings = tomllib.loads(ROOT.joinpath(".streamlit", "config.toml").read_text("utf-8"))["theme"]
    assert f'"{settings["font"]}"' in first
    for theme in THEMES:
        (line,) = re.findall(rf"{theme.upper()}_THEME: (.*)", first)
        for name in ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor"):
            assert f'{name}: "{settings[theme][name]}"' in line


def selectors(rules: list[Any]) -> Iterator[list[str]]:
    """Each selector of a style sheet, as its parts between spaces and combinators."""
    for rule in rules:
        if rule.type == "at-rule" and rule.content is not None and "keyframes" not in rule.at_keyword:
            yield from selectors(tinycss2.parse_rule_list(rule.content, True, True))
        elif rule.type == "qualified-rule":
            text = "".join(
                "\n" if token.type == "whitespace" or token in (">", "+", "~") else token.serialize()
                for token in rule.prelude
            )
            yield from (one.split("\n") for one in text.split(",\n"))


def test_what_holds_something_styles_nothing_below_it_that_has_no_name() -> None:
    """One such rule, and with every change of the page the browser styles all of it anew: four times 20 ms at turn 50."""
    nameless = re.compile(r"(?::|\*|div\b|span\b|p\b)")
    for sheet in style_sheets():
        for parts in selectors(tinycss2.parse_stylesheet(sheet.read_text("utf-8"), skip_comments=True)):
            holds = next((at for at, part in enumerate(parts) if ":has(" in part), len(parts))
            assert not [part for part in parts[holds + 1 :] if nameless.match(part)], parts
