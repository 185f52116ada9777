"""Files that were sent together with a question: it waits until they are in the index, and they are searched first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.conversations import GivenFile
from chatbot.errors import ChatbotError, Phrase
from chatbot.rendering.words import TEXT
from chatbot.ui.documents.index_changes import NotTaken, Uploading
from chatbot.ui.documents.work import Work
from ingest.report import IngestReport

_LOOK_S = 0.1
_NOT_READ = ChatbotError("it was not read; add it again on the Documents page")


@dataclass(slots=True, eq=False)
class GivenFiles:
    """What was given, and what has become of it so far.

    Attributes:
        names: of the documents that these files become, by the names of the files.
        work: what reads them; ``None`` where none of them was taken, and ``refusal`` says why.
        hurried: a person wants an answer without waiting.
        before: what became of them when the question was asked first, where it is asked again.
    """

    names: dict[str, str]
    work: Work | None = None
    refusal: str = ""
    hurried: bool = False
    before: tuple[GivenFile, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether the question waits for them."""
        return self.work is not None and self.work.under_way and not self.hurried

    def hurry(self) -> None:
        """Ask now, of whatever is in the index by now."""
        self.hurried = True

    def wait(self, is_stopped: Callable[[], bool]) -> None:
        """Until they are read, or nobody wants to wait for it."""
        while self.work is not None and not self.hurried and not is_stopped():
            if self.work.done(_LOOK_S):
                return

    def files(self) -> tuple[GivenFile, ...]:
        """Each with what has become of it; neither a document nor a reason while it is being read."""
        if self.before:
            return self.before
        if self.work is None:
            return tuple(GivenFile(name, "", self.refusal) for name in self.names)
        report, failed = _so_far(self.work)
        there = {
            f.path: f.reason for f in (*report.indexed, *report.unchanged, *report.renamed, *report.partial)
        }
        refused = {f.path: f.reason for f in (*report.refused, *report.overtaken)}
        missing = "" if self.work.under_way else failed or str(_NOT_READ)
        return tuple(
            GivenFile(name, uri, there[uri])
            if uri in there
            else GivenFile(name, "", refused.get(uri, missing))
            for name, uri in self.names.items()
        )

    def documents(self) -> tuple[str, ...]:
        """Those of them that are in the index."""
        return tuple(file.document for file in self.files() if file.document)


def _so_far(work: Work) -> tuple[IngestReport, str]:
    """The report, whole or up to now, and why there is none."""
    if work.under_way:
        return (work.progress.report if work.progress else IngestReport()), ""
    outcome = work.outcome()
    return outcome.value or IngestReport(), str(outcome.error) if outcome.error else ""


def given_again(files: tuple[GivenFile, ...]) -> GivenFiles | None:
    """The same files for the same question asked once more; ``None`` where there were none."""
    return GivenFiles({file.name: file.document for file in files}, before=files) if files else None


def given_with(outcome: Uploading | NotTaken, names: Sequence[str]) -> GivenFiles:
    """What was given with a question, once it is queued for the index or was not taken."""
    if isinstance(outcome, NotTaken):
        return GivenFiles(
            dict.fromkeys(names, ""), refusal=str(Phrase(TEXT[outcome.key][1], **outcome.values))
        )
    return GivenFiles({uri.split("/", 1)[-1]: uri for uri in outcome.documents}, outcome.work)
