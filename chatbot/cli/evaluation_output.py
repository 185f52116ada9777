"""Terminal output of ``secondlook evaluate``: the table of the four orders, the points of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chatbot.cli.shared import print_note
from chatbot.text.invisible import clean_line
from evaluation.conversations.outcomes import ConversationReport, TurnOutcome
from evaluation.conversations.play import Played, Skipped
from evaluation.conversations.scenario import Scenario
from evaluation.propose import Proposals
from evaluation.report import EvaluationReport, Group
from evaluation.significance import Lift
from evaluation.sweeping.points import Point
from evaluation.sweeping.sweep import Sweep

_LANGUAGES = {"ko": "Korean", "en": "English", "mixed": "mixed"}
_LEFT_OUT_SHOWN = 5


def print_evaluation(console: Console, report: EvaluationReport) -> None:
    """The four orders, the lift with its interval, each language, refusals and times."""
    size = f"{report.chunks:,} chunks of {report.documents:,} documents"
    console.print(f"{clean_line(report.name)} · {size} · k = {report.k}", style="bold", markup=False)
    console.print(
        " · ".join(f"{role} {name}" for role, name in report.models.items()), style="dim", markup=False
    )
    if report.measured is not None:
        _print_group(console, _counted(report.measured.questions), report.measured)
    if len(report.by_language) > 1:
        for language, group in report.by_language.items():
            _print_group(console, f"{_LANGUAGES[language]}, {_counted(group.questions)}", group, lifts=1)
    refusals = report.refusals
    if refusals.unanswerable:
        console.print(
            f"\nrefused {refusals.refused_rightly} of {refusals.unanswerable} unanswerable questions, "
            f"and wrongly {refusals.refused_wrongly} of {refusals.answerable} answerable ones"
        )
    elif refusals.refused_wrongly:
        console.print(f"\nwrongly refused: {refusals.refused_wrongly} of {refusals.answerable} questions")
    if report.wrong is not None:
        found = ", ".join(f"{count} {system}" for system, count in report.wrong.among_sources.items())
        console.print(
            f"\npassages known to be wrong: {report.wrong.passages}; still among the top {report.wrong.top_n}: {found}"
        )
    console.print()
    table = Table("milliseconds", *report.latency_ms, box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_row("p50", *(f"{stage.p50:.1f}" for stage in report.latency_ms.values()))
    table.add_row("p95", *(f"{stage.p95:.1f}" for stage in report.latency_ms.values()))
    console.print(table)
    _print_left_out(console, report.left_out)
    if report.resumed:
        console.print(f"{report.resumed} questions were answered by an earlier run", style="dim")


def _print_group(console: Console, title: str, group: Group, lifts: int | None = None) -> None:
    measures = list(next(iter(group.systems.values())))
    table = Table(title, *measures, box=box.SIMPLE_HEAD, pad_edge=False)
    best = {m: max(round(values[m], 3) for values in group.systems.values()) for m in measures}
    for system, values in group.systems.items():
        cells = [
            Text(f"{values[m]:.3f}", style="bold" if round(values[m], 3) == best[m] else "") for m in measures
        ]
        table.add_row(system, *cells)
    console.print()
    console.print(table)
    for lift in group.lifts[:lifts]:
        console.print(_lift(lift), markup=False, soft_wrap=True)


def _counted(questions: int) -> str:
    return f"{questions} question{'' if questions == 1 else 's'}"


def _lift(lift: Lift) -> str:
    verdict = "significant" if lift.is_significant else "within chance"
    return (
        f"reranked - fused, {lift.measure}: {lift.mean:+.3f}  [{lift.low:+.3f}, {lift.high:+.3f}]  "
        f"p {'< 0.001' if lift.p < 0.001 else f'= {lift.p:.3f}'}, {verdict}; {lift.better} better, {lift.worse} worse"
    )


def _print_left_out(console: Console, left_out: dict[str, str]) -> None:
    if not left_out:
        return
    console.print(f"{len(left_out)} questions were left out: this index cannot judge them")
    for question, reason in list(left_out.items())[:_LEFT_OUT_SHOWN]:
        console.print(
            f"  {clean_line(question)[:80]}: {clean_line(reason)}", markup=False, soft_wrap=True, style="dim"
        )


def tell_conversation(scenario: Scenario, outcomes: Sequence[TurnOutcome]) -> None:
    """One line on a conversation that was played."""
    seconds = sum(outcome.seconds for outcome in outcomes)
    succeeded = sum(outcome.succeeded for outcome in outcomes)
    print_note(f"{scenario.name}: {succeeded} of {len(outcomes)} turns as expected, {seconds:.1f} s")


def print_conversations(console: Console, played: Played) -> None:
    """The figures of each writer, and what was not played."""
    if played.ended:
        why = "it was interrupted" if played.ended == "interrupted" else "the time was up"
        console.print(
            f"A part: {played.done} of {played.planned} conversations were played to their end, then {why}. "
            "The same command goes on behind the last turn",
            style="bold",
            soft_wrap=True,
        )
    for report in played.reports:
        _print_report(console, report)
    _print_skipped(console, played.skipped)
    if played.resumed:
        console.print(f"{played.resumed} turns were played by an earlier run", style="dim")


def _print_report(console: Console, report: ConversationReport) -> None:
    """Figures by kind of request, then every turn that went otherwise than it should."""
    console.print(f"answers by {clean_line(report.writer)}", style="bold", markup=False)
    table = Table(
        "kind", "turns", "recognised", "as expected", "refused wrongly", "sentences", "cited", "marked", "doubted",
        "given up", "median s", box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for f in report.by_kind():
        counts = (
            f.turns, f.recognised, f.succeeded, f.refused_wrongly, f.sentences, f.cited, f.marked, f.doubted,
            f.given_up,
        )  # fmt: skip
        table.add_row(f.kind, *map(str, counts), f"{f.median_s:.1f}")
    console.print(table)
    followups, found, alone = report.followups
    if followups:
        console.print(
            f"of {followups} follow-ups {found} have their right passage among the first three; written out {alone}"
        )
    for outcome in report.outcomes:
        if not outcome.succeeded:
            said = f"{outcome.scenario} · {outcome.asked} · {'; '.join(outcome.problems)}"
            console.print(clean_line(said), markup=False, soft_wrap=True, style="dim")


def _print_skipped(console: Console, skipped: Sequence[Skipped]) -> None:
    """The conversations that were not played, those with one reason on one line."""
    for reason in dict.fromkeys(each.reason for each in skipped):
        names = [clean_line(each.scenario) for each in skipped if each.reason == reason]
        console.print(
            f"skipped, {clean_line(reason)}: {len(names)} · {' · '.join(names)}", markup=False, soft_wrap=True
        )


def print_sweep(
    console: Console, sweep: Sweep, pictures: Sequence[str], applied: dict[str, Any] | None
) -> None:
    """The frontier, what is configured, and the sentence."""
    console.print(
        f"{clean_line(sweep.name)} · {sweep.questions} questions · {len(sweep.points)} settings", style="bold"
    )
    table = Table(
        "", "k", "top_n", "reranker", "chunks", "nDCG", "hit", "p50 ms", "p95 ms", "characters",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    shown = list(sweep.frontier)
    shown += [p for p in (sweep.recommended, sweep.current) if p is not None and p not in shown]
    for point in sorted(shown, key=lambda p: p.p50):
        table.add_row(*_cells(sweep, point), style="bold" if point is sweep.recommended else None)
    console.print(table)
    console.print(
        "The settings that no other one beats in both quality and time. ● recommended, ○ configured",
        style="dim",
    )
    for note in sweep.notes:
        console.print(clean_line(note), markup=False, soft_wrap=True, style="dim")
    console.print(f"\n{sweep.sentence}", markup=False, soft_wrap=True)
    if pictures:
        console.print(f"drawn: {' '.join(pictures)}", markup=False, soft_wrap=True)
    if applied is not None:
        _print_applied(console, applied)


def _cells(sweep: Sweep, point: Point) -> list[str | Text]:
    mark = "●" if point is sweep.recommended else "○" if point is sweep.current else ""
    choice, splitter = point.choice, point.choice.splitter
    chunks = f"{splitter.kind} {splitter.chunk_size}/{splitter.chunk_overlap}" if splitter else "as indexed"
    return [
        mark, str(choice.k), str(choice.top_n), Text(choice.reranker), chunks, f"{point.quality:.3f}",
        f"{point.hit:.3f}", f"{point.p50:.0f}", f"{point.p95:.0f}", f"{point.characters:,.0f}",
    ]  # fmt: skip


def _print_applied(console: Console, applied: dict[str, Any]) -> None:
    if not applied["changes"]:
        console.print(f"{applied['file']} says so already", markup=False, soft_wrap=True)
        return
    console.print(f"changed in {applied['file']}:", markup=False, soft_wrap=True)
    for change in applied["changes"]:
        console.print(f"  {change}", markup=False, soft_wrap=True)
    if any(change.startswith("splitter.") for change in applied["changes"]):
        console.print("the index still has the old chunks; run: secondlook reindex")


def print_proposals(console: Console, found: Proposals, file: Path) -> None:
    """The questions, and what to do with them."""
    for proposal in found.kept:
        console.print(f"{proposal.origin:<10}  {clean_line(proposal.question)}", markup=False, soft_wrap=True)
    dropped = ", ".join(f"{count} {reason}" for reason, count in found.dropped.items())
    console.print(
        f"\n{len(found.kept)} questions added to {file}{f' (dropped: {dropped})' if dropped else ''}; read and "
        f"correct them, then run: secondlook evaluate --questions {file}",
        markup=False, soft_wrap=True,
    )  # fmt: skip
