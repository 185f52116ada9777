"""Token vectors of question and passage -> the pair model's score.

MaxSim here is that of ColBERT (Khattab and Zaharia, 2020), each question token with its best passage token, averaged;
but within one window of the passage, and the best window counts: an answer is a sentence, a long passage dilutes it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

_BLOCK = 16  # tokens; two are a window, about a sentence (training/NOTES.md, H5)
_BEFORE = 4  # tokens that the template writes before the text: <s>, ``▁query``, ``:`` ...


class PairHead(nn.Module):
    """Token vectors of both sides -> one score; starts as MaxSim (``similarity`` is of the cosine and of it)."""

    def __init__(self, hidden: int, early: bool) -> None:
        """``hidden``: size of a vector; ``early``: whether an early layer's tokens are scored, too."""
        super().__init__()
        self.similarity = nn.Parameter(torch.tensor([0.0, 20.0]))
        # an early layer is closer to the words themselves; mean lift over fused .011 without it, .014 with
        self.early = nn.Parameter(torch.tensor(5.0)) if early else None
        self.projection = nn.Linear(hidden, hidden, bias=False)  # added to the token vectors before MaxSim
        self.importance = nn.Linear(hidden, 1, bias=False)  # of a question token in MaxSim, before a softmax
        self.features = nn.Linear(2 * hidden, 1)
        for layer in (self.projection, self.importance, self.features):
            nn.init.zeros_(layer.weight)
        nn.init.zeros_(self.features.bias)

    def forward(self, question: Tensor, passage: Tensor, q_valid: Tensor, p_valid: Tensor) -> Tensor:
        """Scores (batch,), float32; tokens (batch, length, hidden), valid (batch, length) bool."""
        with torch.autocast(question.device.type, enabled=False):
            q_tokens, p_tokens = self._projected(question), self._projected(passage)
            return self._score(question.float(), passage.float(), q_tokens, p_tokens, q_valid, p_valid)

    def early_score(self, question: Tensor, passage: Tensor, q_valid: Tensor, p_valid: Tensor) -> Tensor:
        """What MaxSim of the early layer's tokens adds to the score (batch,), float32."""
        assert self.early is not None
        with torch.autocast(question.device.type, enabled=False):
            q_tokens, p_tokens = F.normalize(question.float(), dim=-1), F.normalize(passage.float(), dim=-1)
            own = _own_tokens(q_valid).float()
            weights = own / own.sum(1, keepdim=True).clamp(min=1)
            return self.early.float() * _max_sim(q_tokens, p_tokens, weights, p_valid)

    def _projected(self, side: Tensor) -> Tensor:
        # in the tokens' own type: as float32 it would take a tenth of the whole model's time in bfloat16
        added = F.linear(side, self.projection.weight.to(side.dtype))
        return F.normalize(side.float() + added.float(), dim=-1)

    def _score(
        self,
        question: Tensor,
        passage: Tensor,
        q_tokens: Tensor,
        p_tokens: Tensor,
        q_valid: Tensor,
        p_valid: Tensor,
    ) -> Tensor:
        q_mean, p_mean = _mean(question, q_valid), _mean(passage, p_valid)
        importance = F.linear(question, self.importance.weight.float()).squeeze(-1)
        weights = importance.masked_fill(~_own_tokens(q_valid), -1e4).softmax(-1)
        max_sim = _max_sim(q_tokens, p_tokens, weights, p_valid)
        pair = torch.cat([q_mean * p_mean, (q_mean - p_mean).abs()], -1)
        features = F.linear(pair, self.features.weight.float(), self.features.bias.float()).squeeze(-1)
        scale = self.similarity.float()
        return scale[0] * (q_mean * p_mean).sum(-1) + scale[1] * max_sim + features


def _mean(tokens: Tensor, valid: Tensor) -> Tensor:
    mask = valid[..., None]
    return F.normalize((tokens * mask).sum(1) / mask.sum(1), dim=-1)


def _max_sim(q_tokens: Tensor, p_tokens: Tensor, weights: Tensor, p_valid: Tensor) -> Tensor:
    """Scores (batch,) of unit vectors: question tokens by ``weights`` (batch, length), in the best window."""
    similarities = q_tokens @ p_tokens.transpose(1, 2)
    best = _best_in_windows(similarities.masked_fill(~p_valid[:, None], -1.0))
    return (weights[..., None] * best).sum(1).amax(-1)


def _best_in_windows(similarities: Tensor) -> Tensor:
    """Best match of each question token in each window of two blocks: (batch, length, passage) -> (.., windows)."""
    batch, length, width = similarities.shape
    padded = F.pad(similarities, (0, -width % _BLOCK), value=-1.0)
    blocks = padded.view(batch, length, -1, _BLOCK).amax(-1)
    return torch.maximum(blocks, F.pad(blocks[..., 1:], (0, 1), value=-1.0))


def _own_tokens(valid: Tensor) -> Tensor:
    """Without what the template writes around the text, which matches every passage alike."""
    place = torch.arange(valid.shape[1], device=valid.device)
    last = valid.sum(1, keepdim=True) - 1
    return (place >= _BEFORE) & (place < last)
