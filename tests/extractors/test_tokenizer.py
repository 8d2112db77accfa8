"""Numbers and names have tokens of their own, and the text stays as it came."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.tokenizer import MAX_RUN_CHARS, make_doc, make_nlp

NLP = make_nlp()


def words(text: str) -> list[str]:
    return [token.text for token in NLP.make_doc(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ImageNet-1K.", ["ImageNet", "-", "1", "K", "."]),
        ("OPT_2.7B", ["OPT", "_", "2.7", "B"]),
        ("LLaMA-2-7B", ["LLaMA", "-", "2", "-", "7", "B"]),
        ("Qwen3-30B-A3B,", ["Qwen3", "-", "30", "B", "-", "A", "3", "B", ","]),
        ("89.3/90.1", ["89.3", "/", "90.1"]),
        ("2.1×-3.4×", ["2.1", "×", "-", "3.4", "×"]),
        ("3$\\times$", ["3", "$", "\\times", "$"]),
        ("84.9mAP", ["84.9", "mAP"]),
        ("3.72sim4.11times", ["3.72", "sim", "4.11", "times"]),
        ("4timesRTX", ["4", "times", "RTX"]),
        ("12-38\\%", ["12", "-", "38", "\\%"]),
        ("90.1%.We", ["90.1", "%", ".", "We"]),
        ("\\textbf{83.1}", ["\\textbf", "{", "83.1", "}"]),
        ("-98%", ["-", "98", "%"]),
        ("8xA100", ["8", "x", "A100"]),
        ("H100s", ["H100", "s"]),
        ("pass@1", ["pass", "@", "1"]),
        ("1,000", ["1,000"]),
        ("Wan2.1", ["Wan2.1"]),
        ("GPT-4o's", ["GPT", "-", "4o", "'s"]),
        ("doesn't", ["does", "n't"]),
        ("(see 8)", ["(", "see", "8", ")"]),
        ("e.g.,", ["e.g.", ","]),
        ("https://github.com/vllm-project/vllm.", ["https://github.com/vllm-project/vllm", "."]),
    ],
)
def test_numbers_units_and_names_are_parted(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_without_digits_stay_whole() -> None:
    assert words("id well were cant PyTorch") == ["id", "well", "were", "cant", "PyTorch"]


@given(st.text(max_size=300))
def test_text_is_never_changed(text: str) -> None:
    assert NLP.make_doc(text).text == text


@given(st.text(alphabet="0123456789.x×%-$\\{}()KMBAa ", max_size=120))
def test_text_of_numbers_and_marks_is_never_changed(text: str) -> None:
    assert NLP.make_doc(text).text == text


@pytest.mark.parametrize("run", ["(", "1", "1.,", "a.b-"])
def test_a_long_unbroken_run_is_quick_and_whole(run: str) -> None:
    text = run * (40_000 // len(run))
    started = time.process_time()
    doc = NLP.make_doc(text)
    assert doc.text == text
    assert max(len(token) for token in doc) <= MAX_RUN_CHARS
    # Without the cuts, 40,000 brackets take spaCy 99 seconds.
    assert time.process_time() - started < 10


def test_abstract_start_is_the_offset_of_the_abstract() -> None:
    doc = make_doc(NLP, "Adam: A Method for Stochastic Optimization", "We introduce Adam.")
    assert doc.text[doc._.abstract_start :] == "We introduce Adam."
