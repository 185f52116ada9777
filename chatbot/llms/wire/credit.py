"""Whether a server refuses because an account has no money left: in the codes and words of the vendors.

They come with any status: 402, 429 (OpenAI, xAI, Moonshot, Zhipu), 400 (Anthropic, OpenAI's hard limit, DashScope), 403
(SiliconFlow). Waiting does not help then. A quota that fills again is another thing: Google says "you exceeded your
current quota, please check your plan and billing details" of a minute too, with the seconds to wait.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STATUS = 402
_LOOKED_AT = 1_000  # characters of a server's words
_CODES = re.compile(
    r"insufficient[_-](?:user[_-])?(?:quota|balance|credits?|funds)|billing[_-](?:hard[_-]limit|not[_-]active|error)\w*|exceeded_current_quota\w*"
    r"|payment[_-]required|out[_-]of[_-]credits?|credit[_-]limit\w*|budget_exceeded|arrearage",
    re.IGNORECASE,
)
_MONEY = r"(?:credits?|balance|funds|prepaid|prepayment)"
_GONE = r"(?:too low|insufficient|not enough|used up|used all|exhausted|depleted|run out|ran out|empty|negative|exceeded|required|overdue|(?:do|does)(?: not|n'?t) have any|no longer|reached)"
_WORDS = re.compile(
    rf"\b{_MONEY}\b[^.]{{0,40}}\b{_GONE}\b|\b{_GONE}\b[^.]{{0,40}}\b{_MONEY}\b|\bno {_MONEY}\b|\brequires more credits\b|\bin arrears\b|\barrearage\b"
    r"|\b(?:spend(?:ing)?|billing|credit)(?: hard| soft)? limit\b|\bpayment (?:is )?required\b|\b(?:over|exceeded(?: (?:its|your|the))?) budget\b|\bbudget has been exceeded\b"
    r"|(?:크레딧|잔액|잔고|포인트|선불금)\S* ?(?:이|가)? ?(?:부족|없|모두|다 ?떨어|소진)|(?:결제|사용|청구|지출|예산) ?(?:금액)? ?한도\S* ?(?:초과|도달|넘)|余额不足|欠费",
    re.IGNORECASE,
)
_QUOTA_AND_BILLING = re.compile(r"\bquota\b.{0,80}\bbilling\b|\bbilling\b.{0,80}\bquota\b", re.IGNORECASE)


def is_out_of_credit(status: int | None, codes: str, words: str, is_asked_to_wait: bool) -> bool:
    """Whether nothing is left of what was paid.

    Args:
        codes: the machine's words of the refusal, such as ``insufficient_quota``; ``words``: those for a person.
    """
    said = words[:_LOOKED_AT]
    if status == _STATUS or _CODES.search(codes) or _CODES.search(said):
        return True
    if is_asked_to_wait:
        return False
    return bool(_WORDS.search(said) or _QUOTA_AND_BILLING.search(said))


def codes_in(content: Any) -> str:
    """The codes of a refusal's JSON, of its top and of its ``error``."""
    if not isinstance(content, Mapping):
        return ""
    levels = [content, content.get("error")]
    found = (level.get(key) for level in levels if isinstance(level, Mapping) for key in ("code", "type"))
    return " ".join(code for code in found if isinstance(code, str))
