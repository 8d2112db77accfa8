"""Clusters of words by the company they keep, from unlabelled abstracts: "GSM8K" stands with "AIME", "H100" with "RTX".

Vectors are a truncated singular value decomposition of positive pointwise mutual information with the words at the
two places before and after (Levy, Goldberg & Dagan, "Improving distributional similarity with lessons learned from
word embeddings", TACL 2015), with their smoothing of context counts; k-means groups them, coarse to fine.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from extractors.tokenizer import paper_text

CLUSTER_COUNTS = (64, 256, 1000)
MIN_COUNT = 8
CONTEXT_WORDS = 4000
CONTEXT_PLACES = (-2, -1, 1, 2)
DIMENSIONS = 64
CONTEXT_SMOOTHING = 0.75


def _texts(nlp: Language, corpus: Path) -> list[list[str]]:
    """Lower-case words of every paper of a gzipped JSON Lines file with ``title`` and ``abstract``."""
    texts = []
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            doc = nlp.make_doc(paper_text(paper["title"], paper["abstract"]))
            texts.append([token.lower_ for token in doc])
    return texts


def _cooccurrences(texts: list[list[str]], numbers: dict[str, int]) -> Any:
    """Counts of (word, place and context word) as a sparse matrix."""
    from scipy.sparse import csr_matrix

    coded = [np.array([numbers.get(word, -1) for word in text], dtype=np.int32) for text in texts]
    contexts = min(CONTEXT_WORDS, len(numbers))
    total = csr_matrix((len(numbers), contexts * len(CONTEXT_PLACES)), dtype=np.float32)
    for block, place in enumerate(CONTEXT_PLACES):
        rows, columns = [], []
        for codes in coded:
            words, others = (codes[:-place], codes[place:]) if place > 0 else (codes[-place:], codes[:place])
            both = (words >= 0) & (others >= 0) & (others < contexts)
            rows.append(words[both])
            columns.append(others[both] + block * contexts)
        row, column = np.concatenate(rows), np.concatenate(columns)
        total = total + csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=total.shape)
    return total


def _vectors(counts: Any, seed: int) -> NDArray[np.float32]:
    from scipy.sparse import csr_matrix
    from sklearn.utils.extmath import randomized_svd

    all_counts = counts.sum()
    of_word, of_context = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel()
    smoothed = of_context**CONTEXT_SMOOTHING
    smoothed *= all_counts / smoothed.sum()
    cells = counts.tocoo()
    information = np.log(cells.data * all_counts / (of_word[cells.row] * smoothed[cells.col]))
    positive = csr_matrix((np.maximum(information, 0), (cells.row, cells.col)), shape=counts.shape)
    left, values, _ = randomized_svd(positive, DIMENSIONS, n_iter=4, random_state=seed)
    vectors = left * np.sqrt(values)
    unit: NDArray[np.float32] = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    return unit.astype(np.float32)


def cluster_words(nlp: Language, corpus: Path, seed: int) -> dict[str, tuple[int, ...]]:
    """Every frequent lower-case word of the corpus with its cluster at each level of :data:`CLUSTER_COUNTS`."""
    from sklearn.cluster import MiniBatchKMeans

    texts = _texts(nlp, corpus)
    counts = Counter(word for text in texts for word in text)
    words = [word for word, count in counts.most_common() if count >= MIN_COUNT and not word.isspace()]
    vectors = _vectors(_cooccurrences(texts, {word: number for number, word in enumerate(words)}), seed)
    levels = [
        MiniBatchKMeans(min(size, len(words)), random_state=seed, n_init=2, batch_size=4096).fit_predict(vectors)
        for size in CLUSTER_COUNTS
    ]
    return {word: tuple(int(level[i]) for level in levels) for i, word in enumerate(words)}
