"""The parts that find names: marking of gold names, name lists, the random field, candidates and their ranker."""

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest
import regex

from extractors import abbreviations, sentences  # noqa: F401  (registers components)
from extractors.entities import MODEL_FOLDER, TAGGER_LABELS
from extractors.ner import corpus, crf, features
from extractors.ner.emissions import EmissionTable, Sentence
from extractors.ner.gazetteer import DATA, Gazetteer, token_marks
from extractors.ner.ranker import Ranker
from extractors.ner.surfaces import featurize, mention_probabilities, propose
from extractors.ner.tagger import MODEL_FILE, NameTagger, Tagging
from extractors.ner.weights import Weights
from extractors.tokenizer import make_nlp
from extractors.tokens import tokens_of

NLP = make_nlp()
NLP.add_pipe("paperclaims_sentences")
NLP.add_pipe("paperclaims_abbreviations")
GAZETTEER = Gazetteer()
CLUSTERS = {"bert": (1, 2, 3), "squad": (4, 5, 6)}


def read(title: str, abstract: str):
    return corpus.prepare(NLP, title, abstract)


def matched(abstract: str) -> list[tuple[str, str, bool]]:
    doc = read("", abstract)
    return [(doc[m.start : m.end].text, m.label, m.sure) for m in GAZETTEER.match(tokens_of(doc))]


# --- marking -------------------------------------------------------------------------------------


def test_every_whole_occurrence_of_a_gold_name_is_marked_and_the_longer_name_wins() -> None:
    doc = read("BERT", "BERT and RoBERTa beat BERT-large; mBERT does not. Two H100s.")
    names = {"BERT": "MODEL", "BERT-large": "MODEL", "H100": "HARDWARE"}
    assert [span.text for span in corpus.mark_names(doc, names)] == ["BERT", "BERT", "BERT-large", "H100"]


def test_tags_follow_the_bio_scheme() -> None:
    doc = read("", "We use Llama-2 here.")
    (_, title), (_, tags) = corpus.sentence_tags(doc, corpus.mark_names(doc, {"Llama-2": "MODEL"}))
    assert set(title) == {"O"}
    assert tags == ["O", "O", "B-MODEL", "I-MODEL", "I-MODEL", "O", "O"]


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text('{"id": 1}\nnonsense\n')
    with pytest.raises(ValueError, match=r"papers\.jsonl:2"):
        corpus.read_papers([path])


# --- name lists ----------------------------------------------------------------------------------


def _device_examples() -> list[tuple[str, str]]:
    rows = tomllib.loads((DATA / "hardware_patterns.toml").read_text(encoding="utf-8"))["pattern"]
    return [(row["regex"], example) for row in rows for example in row["examples"]]


@pytest.mark.parametrize(("pattern", "example"), _device_examples())
def test_each_example_of_a_device_family_fires_its_pattern(pattern: str, example: str) -> None:
    assert regex.match(pattern, f"{example} robot").group() == example


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was trained on ImageNet-1K.", ("ImageNet-1K", "BENCHMARK", True)),
        ("It was trained on ImageNet 1k.", ("ImageNet 1k", "BENCHMARK", True)),
        ("It runs on eight A100-SXM4-80GB GPUs.", ("A100-SXM4-80GB", "HARDWARE", True)),
        ("GPU architectures, e.g., Ampere.", ("Ampere", "HARDWARE", True)),
        ("It ran for an hour on two RTX 4090s.", ("RTX 4090", "HARDWARE", True)),
        ("Walks on the Unitree G1 humanoid.", ("Unitree G1", "HARDWARE", True)),
    ],
)
def test_listed_names_are_found_in_the_spellings_of_texts(text: str, expected: tuple[str, str, bool]) -> None:
    assert expected in matched(text)


@pytest.mark.parametrize(
    "text", ["The squad won the coco bean.", "We open scene after scene.", "a volta in the sonnet"]
)
def test_common_words_are_no_names(text: str) -> None:
    assert not [name for name, label, sure in matched(text) if label in ("BENCHMARK", "MODEL", "HARDWARE") and sure]


def test_a_name_that_is_also_a_word_is_not_sure() -> None:
    doc = read("", "The Frontier of research.")
    assert all(not match.sure for match in GAZETTEER.match(tokens_of(doc)) if match.label != "METRIC")


# --- conditional random field --------------------------------------------------------------------


@pytest.fixture
def field():
    """Random emissions of sentences of 3, 5, 1 and 5 words, 3 tags."""
    random = np.random.default_rng(7)
    emissions = [random.normal(size=(length, 3)).astype(np.float32) for length in (3, 5, 1, 5)]
    return emissions, random.normal(size=(3, 3)).astype(np.float32)


def brute_force(emissions: np.ndarray, transitions: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """Marginals and the best path, by trying all paths."""
    paths = list(itertools.product(range(3), repeat=len(emissions)))
    scores = np.array(
        [
            sum(emissions[t, tag] for t, tag in enumerate(path))
            + sum(transitions[a, b] for a, b in itertools.pairwise(path))
            for path in paths
        ]
    )
    weights = np.exp(scores - scores.max())
    marginals = np.zeros_like(emissions)
    for path, weight in zip(paths, weights / weights.sum(), strict=True):
        for t, tag in enumerate(path):
            marginals[t, tag] += weight
    return marginals, paths[int(scores.argmax())]


def test_marginals_and_best_tags_agree_with_trying_all_paths(field) -> None:
    emissions, transitions = field
    steps = crf.Steps([len(sentence) for sentence in emissions])
    together = np.concatenate(emissions)
    marginals, tags = crf.marginals(together, steps, transitions), crf.best_tags(together, steps, transitions)
    expected = [brute_force(sentence, transitions) for sentence in emissions]
    np.testing.assert_allclose(marginals, np.concatenate([of_sentence for of_sentence, _ in expected]), atol=1e-5)
    assert tuple(tags) == tuple(tag for _, path in expected for tag in path)


def test_emissions_are_the_sums_of_the_feature_weights_of_training() -> None:
    doc = read("BERT: A Title", "We pre-train BERT on text | bars. BERT (Bidirectional) beats GPT-2 on SQuAD.")
    tokens = tokens_of(doc)
    words, marks = features.feature_words(tokens), token_marks(tokens, GAZETTEER.match(tokens))
    document = features.DocumentWords.of(doc, words)
    rows = [
        features.sentence_features(
            words[start:end],
            marks[start:end],
            document,
            lambda word: features.word_features(word, CLUSTERS),
            is_title=start < tokens.title_end,
        )
        for start, end in tokens.sentences
    ]
    random = np.random.default_rng(1)
    names = [name for row in rows for names in row for name in names]
    weights = {name: random.normal(size=2).astype(np.float32) for name in names if random.random() < 0.9}
    table = EmissionTable(Weights.of_features(["O", "B-MODEL"], weights, np.zeros((2, 2), dtype=np.float32), CLUSTERS))
    of_paper = table.document_rows(document)
    found = table.emissions(
        [
            Sentence(words[start:end], marks[start:end], of_paper, is_title=start < tokens.title_end)
            for start, end in tokens.sentences
        ]
    )
    expected = [np.sum([weights[name] for name in names if name in weights], axis=0) for row in rows for names in row]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_papers_are_tagged_together_as_alone() -> None:
    docs = [
        read("BERT: A Title", "We use BERT on SQuAD."),
        read("", ""),
        read("On", "no names."),
        read("", "A100 GPUs"),
    ]
    tagger = NameTagger.from_disk(MODEL_FOLDER, TAGGER_LABELS)
    asked = [(doc, token_marks(tokens_of(doc), GAZETTEER.match(tokens_of(doc)))) for doc in docs]
    for together, alone in zip(tagger.tag(asked), (tagger.tag([one])[0] for one in asked), strict=True):
        assert together.spans == alone.spans
        np.testing.assert_allclose(together.begin, alone.begin, atol=1e-6)
        np.testing.assert_allclose(together.inside, alone.inside, atol=1e-6)


def test_a_saved_tagger_tags_as_before(tmp_path: Path) -> None:
    tags = ["O", "B-MODEL", "I-MODEL"]
    weights = {"0w=bert": np.array([0, 5, 0], dtype=np.float32), "bias": np.array([1, 0, 0], dtype=np.float32)}
    Weights.of_features(tags, weights, np.zeros((3, 3), dtype=np.float32), CLUSTERS).to_disk(tmp_path / MODEL_FILE)
    doc = read("", "We use BERT here.")
    tagging = NameTagger.from_disk(tmp_path, ["MODEL"]).tag([(doc, [""] * len(doc))])[0]
    assert [doc[start:end].text for start, end, _ in tagging.spans] == ["BERT"]
    assert tagging.begin[-1].sum() == 0


# --- candidates and ranker -----------------------------------------------------------------------


def tagging_of(doc, names: dict[str, float]) -> Tagging:
    """One label; one-token names with their probabilities, tagged where over one half."""
    begin = np.array([[names.get(token.text, 0.0)] for token in doc] + [[0.0]], dtype=np.float32)
    spans = [(token.i, token.i + 1, 0) for token in doc if names.get(token.text, 0) > 0.5]
    return Tagging(spans, begin, np.zeros_like(begin))


def test_candidates_have_all_their_mentions_and_bring_their_long_forms() -> None:
    doc = read("A study", "Low-Rank Adaptation (LoRA) is cheap. LoRA works.")
    surfaces = propose(doc, tagging_of(doc, {"LoRA": 0.9}), [])
    mentions = {text: len(surfaces.of(i)) for i, text in enumerate(surfaces.texts)}
    assert mentions == {"LoRA": 2, "Low-Rank Adaptation": 1}


def test_a_candidate_inside_a_longer_word_brings_the_word() -> None:
    doc = read("", "on Moving-MNIST and MNIST-based tests")
    assert set(propose(doc, tagging_of(doc, {"MNIST": 0.9}), []).texts) >= {"MNIST", "Moving-MNIST"}


def test_the_head_of_the_title_is_a_candidate() -> None:
    doc = read("FlashAttention: Fast Attention", "It is fast.")
    assert propose(doc, tagging_of(doc, {}), []).texts == ["FlashAttention"]


def test_the_probability_of_a_mention_is_that_of_its_weakest_token() -> None:
    begin = np.array([[0.9], [0.0], [0.0], [0.0]], dtype=np.float32)
    inside = np.array([[0.0], [0.7], [0.2], [0.0]], dtype=np.float32)
    by_label, of_any = mention_probabilities(Tagging([], begin, inside), [(0, 1), (0, 2), (0, 3)])
    np.testing.assert_allclose(by_label[:, 0], [0.9 * 0.3, 0.7 * 0.8, 0.2], atol=1e-6)
    np.testing.assert_allclose(of_any, by_label[:, 0], atol=1e-6)


def test_every_candidate_has_one_row_of_finite_features() -> None:
    doc = read("LoRA: A Method", "LoRA, a method, and QLoRA (Quantized LoRA) tune BERT on SQuAD.")
    matches = GAZETTEER.match(tokens_of(doc))
    tagging = tagging_of(doc, {"LoRA": 0.9, "QLoRA": 0.4})
    surfaces = propose(doc, tagging, matches)
    rows = featurize(doc, tagging, surfaces, matches, GAZETTEER)
    assert len(rows) == len(surfaces.texts)
    assert np.isfinite(rows).all()


def test_the_ranker_learns_and_is_the_same_after_saving(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(400, 5)).astype(np.float32)
    classes = np.digitize(rows[:, 2], [-0.7, 0.0, 0.7])
    ranker = Ranker.fit(rows, classes)
    ranker.to_disk(tmp_path)
    probabilities = Ranker.from_disk(tmp_path).probabilities(rows)
    assert (probabilities.argmax(axis=1) == classes).mean() > 0.8
    np.testing.assert_allclose(probabilities, ranker.probabilities(rows))


def test_a_ranker_needs_candidates_of_every_class() -> None:
    with pytest.raises(ValueError, match="class 3"):
        Ranker.fit(np.zeros((3, 2), dtype=np.float32), np.array([0, 1, 2]))
