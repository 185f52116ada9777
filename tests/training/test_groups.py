"""Groups depend on the step alone, and hold one answer."""

from __future__ import annotations

from training.examples import TrainingData
from training.groups import Drawing, Groups
from training.mining import Mined, key


def test_the_same_step_gives_the_same_groups(data: TrainingData, mined: dict[str, Mined]) -> None:
    drawing = Drawing(groups=4, negatives=5, reworded=0.5)
    first, second = Groups(data, mined, drawing), Groups(data, mined, drawing)
    assert [first.step(n) for n in range(12)] == [second.step(n) for n in reversed(range(12))][::-1]
    assert first.step(0) != first.step(first.steps_per_epoch())


def test_an_epoch_asks_every_question_once(data: TrainingData, mined: dict[str, Mined]) -> None:
    groups = Groups(data, mined, Drawing(groups=4))
    asked = [g.query for n in range(groups.steps_per_epoch()) for g in groups.step(n)]
    assert sorted(asked) == sorted(e.query for e in data.examples)


def test_only_the_first_passage_answers(data: TrainingData, mined: dict[str, Mined]) -> None:
    answers = {e.query: data.corpus[e.positives[0]] for e in data.examples}
    for group in Groups(data, mined, Drawing(groups=5, negatives=6)).step(0):
        assert group.passages[0] == answers[group.query]
        assert answers[group.query] not in group.passages[1:]
        assert len(set(group.passages)) == 7
        assert group.priors == [1.0] + [0.5] * 6


def test_an_easy_question_that_is_kept_stands_for_those_that_are_not(
    data: TrainingData, mined: dict[str, Mined]
) -> None:
    groups = Groups(data, mined, Drawing(groups=1, negatives=3, easy=0.5))
    assert 0 < groups.steps_per_epoch() < len(data.examples)
    assert groups.step(0)[0].weight == 2


def test_what_retrieval_does_not_show_is_not_asked(data: TrainingData, mined: dict[str, Mined]) -> None:
    lost, hard = data.examples[0], data.examples[1]
    at = mined[key(lost.source, lost.query)]
    at.fused[lost.positives[0]] = 0.1
    at.hardest.append(at.hardest[0])  # 20 above the answer
    mined[key(hard.source, hard.query)].fused[hard.positives[0]] = 0.1
    groups = Groups(data, mined, Drawing(groups=1, negatives=3, easy=0.01))
    asked = {g.query: g.weight for n in range(groups.steps_per_epoch()) for g in groups.step(n)}
    assert lost.query not in asked
    assert asked[hard.query] == 1


def test_mined_negatives_are_the_hardest_ones(data: TrainingData, mined: dict[str, Mined]) -> None:
    groups = Groups(data, mined, Drawing(groups=5, negatives=3, mined=1.0, hardest=4))
    for group in groups.step(0):
        hardest = mined[key("squad1_dev", group.query)].hardest[:4]
        assert set(group.passages[1:]) <= {data.corpus[p] for p in hardest}
