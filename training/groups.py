"""Examples -> groups: a question, one passage that answers it and some that do not, drawn by step number alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.examples import Example, TrainingData, portion
from training.forms import reworded
from training.mining import KEPT, Mined, key


@dataclass(frozen=True, slots=True)
class Drawing:
    """How groups are drawn.

    Attributes:
        groups: in one step.
        negatives: in one group.
        mined: share of the negatives from our own retrieval; the rest is what the source gave or, failing
            that, random passages.
        hardest: how many of the mined ones, from the top, are drawn from.
        reworded: share of the questions that become keywords or get a typing error.
        easy: share kept of the questions whose answer retrieval already puts first; each kept one stands for
            ``1 / easy`` of them, so that the loss is still that of all questions.
        seed: of everything.
    """

    groups: int = 8
    negatives: int = 6
    mined: float = 0.8
    hardest: int = 12
    reworded: float = 0.0
    easy: float = 1.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """``passages[0]`` answers; ``priors`` are the fused scores that retrieval gave them.

    ``weight`` is how many questions the group stands for.
    """

    query: str
    passages: list[str]
    priors: list[float]
    weight: float


class Groups:
    """The groups of any step; the same step gives the same groups, so a stopped run can go on."""

    def __init__(self, data: TrainingData, mined: Mapping[str, Mined], drawing: Drawing) -> None:
        self._data, self._mined, self.drawing = data, mined, drawing
        self._ids = list(data.corpus)
        self._used = [i for i, e in enumerate(data.examples) if self._is_used(e)]

    def steps_per_epoch(self) -> int:
        return max(1, len(self._used) // self.drawing.groups)

    def _is_used(self, example: Example) -> bool:
        if self._place(example) >= KEPT:  # retrieval would not have shown it
            return False
        drawn = portion(f"easy {example.source} {example.query}") < self.drawing.easy
        return drawn or self._place(example) > 0

    def _place(self, example: Example) -> int:
        """How many of the mined passages retrieval puts above the answer."""
        mined = self._mined[key(example.source, example.query)]
        answer = max(mined.fused[p] for p in example.positives)
        return sum(mined.fused[p] > answer for p in mined.hardest)

    def step(self, number: int) -> list[Group]:
        """The groups of step ``number``, counted from 0 over all epochs."""
        epoch, place = divmod(number, self.steps_per_epoch())
        order = list(self._used)
        random.Random(f"{self.drawing.seed} {epoch}").shuffle(order)
        start = place * self.drawing.groups
        chosen = random.Random(f"{self.drawing.seed} step {number}")
        return [
            self._group(self._data.examples[i], chosen) for i in order[start : start + self.drawing.groups]
        ]

    def _group(self, example: Example, chosen: random.Random) -> Group:
        drawing, texts = self.drawing, self._data.corpus
        positive = chosen.choice(example.positives)
        negatives: dict[str, None] = {}
        for passage in self._negatives(example, chosen):
            negatives[passage] = None
            if len(negatives) == drawing.negatives:
                break
        query = example.query
        if chosen.random() < drawing.reworded:
            query = reworded(query, chosen)
        shown = (positive, *negatives)
        fused = self._mined[key(example.source, example.query)].fused
        lowest = min(fused.values())  # what retrieval did not even find
        weight = 1 / drawing.easy if self._place(example) == 0 else 1.0
        return Group(query, [texts[p] for p in shown], [fused.get(p, lowest) for p in shown], weight)

    def _negatives(self, example: Example, chosen: random.Random) -> Iterator[str]:
        mined = self._mined[key(example.source, example.query)].hardest[: self.drawing.hardest]
        given = [n for n in example.negatives if n not in mined]
        if example.source == "epqa":  # a person judged these; those of other products say nothing
            mined, given = given or mined, mined
        wanted = round(self.drawing.negatives * self.drawing.mined)
        yield from chosen.sample(mined, min(wanted, len(mined)))
        yield from chosen.sample(given, min(self.drawing.negatives - wanted, len(given)))
        while True:
            passage = chosen.choice(self._ids)
            if passage not in example.positives:
                yield passage
