"""A larger network of the same questions, to learn from: MPNet (Song et al., 2020), twelve layers of width 768."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from extractors.claims.network.layers import HEADS, Net, Shape

MPNET = Shape(width=768, layers=12, inner=3072, positions=512, projection=64, epsilon=1e-5)
_BUCKETS, _FAR = 32, 128
_SPECIAL_ROWS = {101: 0, 102: 2, 0: 1, 103: 30526}
"""MPNet's rows of BERT's [CLS], [SEP], [PAD] and [MASK]; the other pieces stand four rows further down than there."""


class Teacher(Net):
    """MPNet with the marks and heads of :class:`Net`."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__(vocabulary, MPNET)
        self.relative = nn.Embedding(_BUCKETS, HEADS)

    def load_pretrained(self, file: Path, kept: list[int]) -> None:
        """Take over the weights of ``all-mpnet-base-v2``; ``kept`` are the rows of BERT's vocabulary."""
        stored = load_file(file)
        rows = [_SPECIAL_ROWS.get(row, row + 4) for row in kept]
        self.word.weight.data.copy_(stored["embeddings.word_embeddings.weight"][rows])
        self.pos.weight.data.copy_(stored["embeddings.position_embeddings.weight"][2:])
        self.relative.weight.data.copy_(stored["encoder.relative_attention_bias.weight"])
        self._load_layers(stored, "attention.attn.{}", ("q", "k", "v"), "attention.attn.o", "attention")

    def encode(self, ids: Tensor, marks: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """As :meth:`Net.encode`, with a bias for how far apart two pieces are."""
        places = torch.arange(ids.shape[1])
        bias = self.relative(relative_bucket(places[None] - places[:, None])).permute(2, 0, 1)
        return super().encode(ids, marks, labels, (mask + bias[None]).to(mask.dtype))


def relative_bucket(distance: Tensor) -> Tensor:
    """Distances as buckets, one half for each direction: single ones up to 7, then logarithmic to 128 (Raffel et al.,
    2020)."""
    half = _BUCKETS // 2
    exact = half // 2
    size = distance.abs()
    far = exact + (torch.log(size.clamp(min=1) / exact) / math.log(_FAR / exact) * (half - exact)).long()
    return (distance > 0).long() * half + torch.where(size < exact, size, far.clamp(max=half - 1))
