"""What the citation check found: a mark at each number, and one line under the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from chatbot.citations.check import ClaimCheck, QuotedClaim, Verdict
from chatbot.citations.markers import citations_in
from chatbot.rendering.answer import Mark, passage_id
from chatbot.rendering.candidates import file_name
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say
from chatbot.trace import Candidate

# ends of CSS classes; what was not checked looks like a number of an answer that was not
_KINDS: dict[Verdict, str] = {"supported": "ok", "weak": "weak", "not supported": "not", "unchecked": ""}
_WORDS: dict[Verdict, str] = {
    "supported": "check_ok",
    "weak": "check_weak",
    "not supported": "check_not",
    "unchecked": "check_across",
}


def are_quotes(llm: str, checks: Sequence[ClaimCheck | QuotedClaim] | None) -> bool:
    """Whether all that was checked are quotes that the program itself took out of the sources, word for word.

    The check of such an answer cannot fail, so it is none: there is no tick, and each number only leads to its sentence.
    """
    return llm == "extractive" and all(
        isinstance(check, QuotedClaim) or check.probability == 1.0 for check in checks or ()
    )


def citation_marks(
    text: str, checks: Sequence[ClaimCheck | QuotedClaim] | None, llm: str, say: Say
) -> list[Mark]:
    """One for each citation in ``text``, in order; an empty one where nothing is known of it."""
    marks = []
    quotes = are_quotes(llm, checks)
    for position, number in citations_in(text):
        check = next((c for c in checks or () if c.start <= position < c.end), None)
        if check is None:
            marks.append(Mark())
        else:
            basis = check.evidence if check.evidence is not None and check.evidence.number == number else None
            start = None if basis is None else basis.start
            if quotes or isinstance(check, QuotedClaim):
                marks.append(Mark(basis=start))
            else:
                marks.append(Mark(_KINDS[check.verdict], say(_WORDS[check.verdict]), start))
    return marks


def evidence_of(checks: Sequence[ClaimCheck | QuotedClaim] | None) -> dict[int, list[tuple[int, int]]]:
    """By source number, the sentences ``passage[start:end]`` that cited sentences rest on."""
    found: dict[int, list[tuple[int, int]]] = {}
    for check in checks or ():
        if (basis := check.evidence) is not None:
            found.setdefault(basis.number, []).append((basis.start, basis.end))
    return found


def check_words(checks: Sequence[ClaimCheck], llm: str, say: Say, uncited: int = 0) -> str:
    """ "2 of 3 cited sentences have a matching passage", as plain text, and how many were not checked.

    Of an answer of quotes what is true of those.

    Args:
        uncited: how many sentences name no source.
    """
    if are_quotes(llm, checks):
        return say("quoted_only")
    return " · ".join(filter(None, (_checked_words(checks, say), _uncited_words(uncited, say))))


def _uncited_words(count: int, say: Say) -> str:
    if not count:
        return ""
    return say("uncited_one") if count == 1 else say("uncited_count", count=count)


def _checked_words(checks: Sequence[ClaimCheck], say: Say) -> str:
    if not checks:
        return ""
    verdicts = Counter(check.verdict for check in checks)
    left_out = verdicts["unchecked"]
    supported, claims = verdicts["supported"], len(checks) - left_out
    if not claims:
        return say("checked_none_across")
    words = (
        say("checked_all") if supported == len(checks) else say("checked", supported=supported, claims=claims)
    )
    return f"{words} · {say('not_checked_across', count=left_out)}" if left_out else words


def better_candidates(
    checks: Sequence[ClaimCheck], candidates: Sequence[Candidate], say: Say
) -> Iterator[tuple[Candidate, str]]:
    """Each candidate that matches a sentence better than what it cites, and the words that say so."""
    for rank in dict.fromkeys(check.better for check in checks if check.better is not None):
        candidate = candidates[rank - 1]
        if candidate.kept:
            yield candidate, say("better_source", number=rank)
        else:
            yield candidate, say("better_candidate", rank=say.rank(rank), name=file_name(candidate))


def check_line(
    checks: Sequence[ClaimCheck] | None,
    llm: str,
    candidates: Sequence[Candidate],
    anchor: str,
    say: Say,
    failure: str = "",
    uncited: int = 0,
) -> str:
    """HTML of both; a better source is a link to its passage. Empty where nothing was checked and nothing is uncited.

    Args:
        failure: why the check itself failed.
        uncited: how many sentences name no source.
    """
    if failure:
        return f'<span class="sl-fine">{as_html(say("not_checked", reason=say.error(failure)))}</span>'
    if not checks and not uncited:
        return ""
    checks = checks or ()
    if are_quotes(llm, checks):
        return f'<span class="sl-fine">{as_html(check_words(checks, llm, say))}</span>'
    counts = Counter(_KINDS[check.verdict] for check in checks)
    counts["weak"] += uncited  # no tick over sentences that nobody can look up
    kind = next((kind for kind in ("not", "weak", "ok") if counts[kind]), "none")
    better = "".join(_better(c, words, anchor) for c, words in better_candidates(checks, candidates, say))
    return f'<span class="sl-checked sl-check-{kind}">{as_html(check_words(checks, llm, say, uncited))}{better}</span>'


def _better(candidate: Candidate, words: str, anchor: str) -> str:
    if candidate.kept:
        return f' <a class="sl-better" href="#{passage_id(anchor, candidate.rank)}">{as_html(words)}</a>'
    title = as_attribute(candidate.text[:300])
    return f' <span class="sl-better" title="{title}">{as_html(words)}</span>'
