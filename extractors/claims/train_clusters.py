"""Make ``models/word_clusters.tsv.gz`` from abstracts without labels. Needs scikit-learn (the ``dev`` group).

Words are described by the frequent words two places to either side, as positive pointwise mutual information
(Levy and Goldberg, 2014), reduced to 100 dimensions by SVD, and clustered with k-means::

    uv run python -m extractors.claims.train_clusters ABSTRACTS.jsonl.gz
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import regex
import scipy.sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from extractors.claims.clusters import LEVELS

_TOKEN = regex.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*\s?(?:\\?%|x\b|×)?|[,;:().%]")
_FILE = Path(__file__).parent / "models" / "word_clusters.tsv.gz"
_MIN_COUNT = 12
_MAX_WORDS = 14_000
_CONTEXT_WORDS = 4_000
_OFFSETS = (-2, -1, 1, 2)
_DIMENSIONS = 100


def _fold(token: str) -> str:
    if token[0].isdigit():
        return "<%>" if token.endswith("%") else "<x>" if token[-1] in "x×" else "<n>"
    return token.lower()


def _counts(documents: list[list[str]], words: dict[str, int]) -> scipy.sparse.csr_matrix:
    """How often each word (row) has each context word at each offset (column)."""
    blocks = []
    for offset in _OFFSETS:
        rows: list[int] = []
        columns: list[int] = []
        for document in documents:
            numbers = [words.get(token, -1) for token in document]
            for i in range(max(0, -offset), min(len(numbers), len(numbers) - offset)):
                word, context = numbers[i], numbers[i + offset]
                if word >= 0 and 0 <= context < _CONTEXT_WORDS:
                    rows.append(word)
                    columns.append(context)
        shape = (len(words), _CONTEXT_WORDS)
        blocks.append(scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape))
    return scipy.sparse.hstack(blocks).tocsr()


def _embed(counts: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
    row_sums = np.asarray(counts.sum(1)).ravel()
    column_weights = np.asarray(counts.sum(0)).ravel() ** 0.75
    column_weights /= column_weights.sum()
    cells = counts.tocoo()
    information = np.log(np.maximum(cells.data / (row_sums[cells.row] * column_weights[cells.col]), 1e-12))
    kept = information > 0
    positive = scipy.sparse.csr_matrix((information[kept], (cells.row[kept], cells.col[kept])), shape=counts.shape)
    vectors: npt.NDArray[np.float64] = TruncatedSVD(_DIMENSIONS, random_state=0, n_iter=4).fit_transform(positive)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return vectors


def main() -> None:
    """Run the command of the module's docstring."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m extractors.claims.train_clusters ABSTRACTS.jsonl.gz")
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines]
    documents = [[_fold(t) for t in _TOKEN.findall(p["title"] + " . " + p["abstract"])] for p in papers]
    counted = Counter(token for document in documents for token in document).most_common(_MAX_WORDS)
    words = {word: i for i, (word, count) in enumerate(counted) if count >= _MIN_COUNT}
    vectors = _embed(_counts(documents, words))
    labels = [
        MiniBatchKMeans(level, random_state=0, n_init=3, batch_size=4096).fit(vectors).labels_ for level in LEVELS
    ]
    rows = ["\t".join([word, *(str(column[i]) for column in labels)]) for word, i in words.items()]
    _FILE.write_bytes(gzip.compress("\n".join(rows).encode(), mtime=0))


if __name__ == "__main__":
    main()
