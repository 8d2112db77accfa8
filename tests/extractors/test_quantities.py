"""Given this text, these quantities: values, ranges, units, spans and qualifiers as the guidelines want them."""

from __future__ import annotations

import math
import time
import tomllib
from importlib import resources

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import extractors
from extractors.quantities import find_quantities

X = "x"
CASES = [
    # text, span, value, value_max, unit, qualifier
    ("It is 2.3x faster.", "2.3x", 2.3, None, X, "exact"),
    ("It is 3.2times faster.", "3.2times", 3.2, None, X, "exact"),
    ("A 3.72sim4.11times gain.", "3.72sim4.11times", 3.72, 4.11, X, "exact"),
    ("It prunes 12-38\\% of them.", "12-38\\%", 12, 38, "%", "exact"),
    ("It is 2.4$\\times$ faster.", "2.4$\\times$", 2.4, None, X, "exact"),
    ("It is $\\sim$2 times faster.", "2 times", 2, None, X, "about"),
    ("a speed-up of $2.99\\times$ here", "2.99\\times", 2.99, None, X, "exact"),
    ("up to $\\textbf{3.9}\\times$ faster", "\\textbf{3.9}\\times", 3.9, None, X, "up_to"),
    ("saves \\textbf{20\\%} of it", "20\\%", 20, None, "%", "exact"),
    ("errors of 2.1e-5 remain", "2.1e-5", 2.1e-5, None, "", "exact"),
    ("a rate of $10^{-3}$ here", "10^{-3}", 1e-3, None, "", "exact"),
    ("a set of 29M pairs", "29M", 29e6, None, "", "exact"),
    ("with over 10 million clips", "10 million", 10e6, None, "", "at_least"),
    ("with 1,649 prompts", "1,649", 1649, None, "", "exact"),
    ("with 35 000 hours", "35 000 hours", 35000, None, "h", "exact"),
    ("in 1.6 ms", "1.6 ms", 1.6, None, "ms", "exact"),
    ("at 16K tokens/s", "16K tokens/s", 16000, None, "tokens/s", "exact"),
    ("at 30 frames per second", "30 frames per second", 30, None, "FPS", "exact"),
    ("only 442 A100-40G GPU hours", "442 A100-40G GPU hours", 442, None, "GPU-hours", "exact"),
    ("within 20 minutes to 5 hours", "20 minutes to 5 hours", 20, 300, "min", "at_most"),
    ("between 7 and 11 Watts", "7 and 11 Watts", 7, 11, "W", "exact"),
    ("models ranging from 125M to 8B parameters", "125M to 8B", 125e6, 8e9, "", "exact"),
    ("cut costs from $0.40 to $0.23", "$0.23", 0.23, None, "$", "exact"),
    ("obtains 44.0\\pm0.5\\% accuracy", "44.0\\pm0.5\\%", 44, None, "%", "exact"),
    ("nearly half of the users", "half", 50, None, "%", "about"),
    ("two orders of magnitude faster", "two orders of magnitude", 100, None, X, "exact"),
    ("an order-of-magnitude speedup", "an order-of-magnitude", 10, None, X, "exact"),
    ("more than twice as fast", "twice", 2, None, X, "at_least"),
    ("a 580-to-1 ratio", "580-to-1", 580, None, X, "exact"),
    ("wins 44/44 games", "44/44", 44, None, "", "exact"),
    ("a <1M model", "1M", 1e6, None, "", "at_most"),
    ("no model exceeds 50% here", "50%", 50, None, "%", "at_most"),
    ("upto 70% smaller", "70%", 70, None, "%", "up_to"),
    ("runs x2 faster", "x2", 2, None, X, "exact"),
    ("in sub-50 ms", "50 ms", 50, None, "ms", "exact"),
    ("a gain of +5.7 mAP", "+5.7", 5.7, None, "", "exact"),
    ("a score of -0.256", "-0.256", -0.256, None, "", "exact"),
]


@pytest.mark.parametrize(("text", "span", "value", "value_max", "unit", "qualifier"), CASES)
def test_quantity(text: str, span: str, value: float, value_max: float | None, unit: str, qualifier: str) -> None:
    found = {text[q.start : q.end]: q for q in find_quantities(text)}
    assert span in found
    quantity = found[span]
    assert quantity.value == pytest.approx(value)
    assert quantity.value_max == (None if value_max is None else pytest.approx(value_max))
    assert (quantity.unit, quantity.qualifier) == (unit, qualifier)


@pytest.mark.parametrize("text", ["GPT-4V and Wan2.1", "the T5 model", "F1 and R2", "YOLOv8", "Recall@5 on MATH500"])
def test_digits_inside_names_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == []


def test_parameter_count_inside_a_name_is_one() -> None:
    text = "We use Qwen2.5-VL-72B and OPT_2.7B."
    assert [(text[q.start : q.end], q.value, q.in_name) for q in find_quantities(text)] == [
        ("72B", 72e9, True),
        ("2.7B", 2.7e9, True),
    ]


def test_change_is_two_quantities_and_a_spread_is_one() -> None:
    change = "It raises FPS from 533 to 2364."
    assert [q.value for q in find_quantities(change)] == [533, 2364]
    spread = "Rates vary from 17.5% to 97.3% here."
    assert [(q.value, q.value_max) for q in find_quantities(spread)] == [(17.5, 97.3)]


def test_unit_is_shared_along_a_list() -> None:
    text = "It gains 6.3/6.8 points, and 9.57 and 13.39 percentage points."
    assert [q.unit for q in find_quantities(text)] == ["points"] * 4


def test_every_qualifier_example_fires() -> None:
    data = tomllib.loads(resources.files("extractors").joinpath("data/qualifiers.toml").read_text("utf-8"))
    for known in data["example"]:
        assert known["qualifier"] in {q.qualifier for q in find_quantities(known["text"])}, known


NUMBERISH = st.text(alphabet="0123456789.,-–+%x×$\\ times\n{}^eKMB()~<>≥µsm/±toandfrom", max_size=200)


@settings(max_examples=300, deadline=None)
@given(st.one_of(NUMBERISH, st.text(max_size=200)))
@example("\U000116d0x faster")  # a digit of Unicode 16, which float() of Python 3.11 does not know
@example("0-×0")  # the cross is the first number's unit, so it cannot be the second's
@example("9" * 400 + " 1e999 10^9999")
def test_any_text_gives_quantities_in_order_with_finite_values(text: str) -> None:
    quantities = find_quantities(text)
    end = 0
    for quantity in quantities:
        assert end <= quantity.start < quantity.end <= len(text)
        assert math.isfinite(quantity.value)
        assert quantity.value_max is None or math.isfinite(quantity.value_max)
        end = quantity.end


@pytest.mark.parametrize(
    "unit", ["1", "9,", "1.", "5%", "$3 ", "2x", "10^", "\\textbf{", "1 to ", "half ", "7/8 ", "-1"]
)
def test_time_is_linear_in_the_length(unit: str) -> None:
    start = time.process_time()
    find_quantities(unit * (100_000 // len(unit)))
    assert time.process_time() - start < 10


def test_no_number_of_the_title_takes_its_unit_from_the_abstract() -> None:
    extraction = extractors.load().extract("Notes on Quokka 2", "times are hard. Quokka is 3 times faster than Numbat.")
    assert [(claim.field, claim.span) for claim in extraction.claims] == [("abstract", "3 times")]
