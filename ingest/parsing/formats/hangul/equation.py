"""Scripts of Hangul's equations as one line of text: ``Q = {V} over {t}`` is Q = V/t."""

from __future__ import annotations

import re

_MAX_SCRIPT = 5_000
_MAX_ROUNDS = 40  # fractions within fractions
_TIGHT = re.compile(r"\w+(?:[.,]\d+)*|\([^()]*\)|√\([^()]*\)")
# a group without groups, or one word
_PART = r"(?:\{([^{}]*)\}|((?:[^\s{}^_/]|(?<=\w)[.,](?=\d))+))"
_OVER = re.compile(rf"{_PART}\s*\b(?:over|OVER)\b\s*{_PART}")
_ROOT = re.compile(rf"\b(?:sqrt|SQRT)\s*{_PART}")
_SCRIPT = re.compile(r"\s*([\^_])\s*\{([^{}]*)\}")
_GROUP = re.compile(r"\{([^{}]*)\}")
_DROPPED = re.compile(r"\b(?:rm|it|bold|left|right|LEFT|RIGHT|RM|IT|BOLD|phantom)\b|`")
_TEXT = re.compile(r'"([^"]*)"')
_NAMES = {
    "times": "×", "TIMES": "×", "cdot": "·", "CDOT": "·", "div": "÷", "DIV": "÷", "pm": "±", "PLUSMINUS": "±",
    "leq": "≤", "LEQ": "≤", "geq": "≥", "GEQ": "≥", "neq": "≠", "NEQ": "≠", "approx": "≈", "APPROX": "≈", "inf": "∞",
    "INF": "∞", "sum": "∑", "SUM": "∑", "int": "∫", "INT": "∫", "prod": "∏", "PROD": "∏", "deg": "°", "DEG": "°",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "DELTA": "Δ", "SIGMA": "Σ", "OMEGA": "Ω", "PI": "Π", "therefore": "∴", "partial": "∂",
    "larrow": "←", "rarrow": "→", "RARROW": "→",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{2,12}")
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "+-": "±", "->": "→", "==": "≡"}
_SIGN = re.compile(r"<=|>=|!=|\+-|->|==")


def equation_text(script: str) -> str:
    """``script`` written out; what it holds beyond fractions, roots and scripts stays as it is."""
    text = _DROPPED.sub(" ", _TEXT.sub(r" \1 ", script[:_MAX_SCRIPT])).replace("~", " ")
    text = _SIGN.sub(lambda found: f" {_SIGNS[found.group()]} ", text)
    text = _WORD.sub(lambda found: _NAMES.get(found.group(), found.group()), text)
    for _ in range(_MAX_ROUNDS):
        before = text
        text = _ROOT.sub(lambda found: f"{{√({_of(found, 1)})}}", text)
        text = _OVER.sub(
            lambda found: f"{{{_in_brackets(_of(found, 1))}/{_in_brackets(_of(found, 3))}}}", text
        )
        text = _SCRIPT.sub(lambda found: found.group(1) + _in_brackets(found.group(2)), text)
        if text == before:
            # a group that stands for nothing but itself
            text = _GROUP.sub(r" \1 ", text, count=1)
            if text == before:
                break
    text = re.sub(r"\s*([\^_])\s*", r"\1", text.replace("#", "; ").replace("&", ", "))
    return " ".join(text.replace("{", " ").replace("}", " ").split())


def _of(found: re.Match[str], at: int) -> str:
    return (found.group(at) if found.group(at) is not None else found.group(at + 1)).strip()


def _in_brackets(text: str) -> str:
    text = text.strip()
    return text if _TIGHT.fullmatch(text) or len(text) < 2 else f"({text})"
