"""The tokenizer: spaCy's English rules, with numbers split from units, LaTeX residue and the names they stick to.

spaCy alone keeps ``2.1×-3.4×``, ``OPT_2.7B`` or ``3$\\times$`` as one token, so that most numbers and many names have
no tokens of their own. Every component of the pipeline, and the training of the NER, uses :func:`make_nlp`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import regex
from spacy.attrs import LOWER, ORTH
from spacy.lang.en import English
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_prefix_regex, compile_suffix_regex
from spacy.vocab import Vocab

MAX_RUN_CHARS = 200
"""An unbroken run of characters is cut after this many: the spaCy tokenizer is quadratic in its length."""

_TEXT = "paperclaims_text"
FIELD_BREAK = "\n\n"
"""What stands between title and abstract in the text of a paper."""

_CACHED_WORDS = 50_000
_DIGITS = frozenset("0123456789")
_CLOSING = frozenset(",;:!?)]")
_CHARACTER = re.compile(".")
_HYPHEN = re.compile("-")
_HYPHENATED = re.compile("[A-Za-z]+(?:-[A-Za-z]+)+")
_LONG_RUN = re.compile(rf"\S{{{MAX_RUN_CHARS}}}(?=\S)")
_JOINERS = r"[-‐‑–—−/→]"
_NUMBER_SIGNS = r"[~∼≈≃≥≤±∓≫≪×→]"


@cache
def tokenizer_data() -> dict[str, Any]:
    """The word lists of ``data/tokenizer.toml``."""
    return tomllib.loads((Path(__file__).parent / "data" / "tokenizer.toml").read_text(encoding="utf-8"))


class RunCuttingTokenizer:
    """A spaCy tokenizer that first cuts runs of over :data:`MAX_RUN_CHARS` characters; ``doc.text`` stays as given."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.vocab: Vocab = tokenizer.vocab

    def __call__(self, text: str) -> Doc:
        if max(map(len, text.split()), default=0) <= MAX_RUN_CHARS:
            doc: Doc = self.tokenizer(text)
            return doc
        cuts = [match.end() for match in _LONG_RUN.finditer(text)]
        words: list[str] = []
        spaces: list[bool] = []
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            for token in self.tokenizer(text[start:end]):
                words.append(token.text)
                spaces.append(bool(token.whitespace_))
        return Doc(self.vocab, words=words, spaces=spaces)


def _alternatives(words: list[str]) -> str:
    return "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True))


def _patterns(defaults: Sequence[str | re.Pattern[str]] | None) -> list[str]:
    return [pattern if isinstance(pattern, str) else pattern.pattern for pattern in defaults or []]


def _latex_command() -> str:
    return rf"\\(?:(?:{_alternatives(tokenizer_data()['latex_commands'])})(?![A-Za-z])|[%$~,;!\\])"


def _infixes() -> list[str]:
    data = tokenizer_data()
    units, bare = _alternatives(data["glued_units"]), _alternatives(data["bare_commands"])
    # A number by itself: not the digits inside a name such as Wan2.1 or A100, but those after 8x or 3.72sim.
    number = rf"(?:(?<![\p{{L}}\d.,])|(?<=\d(?:[xX]|{bare}))|(?<=(?:^|[-:])[Ae]))\.?\d[\d.,]*"
    return [
        *_patterns(English.Defaults.infixes),
        rf"(?<={number})(?:(?:{units})(?![\p{{L}}])|(?:times|[xX])(?=[A-Z\d]))",
        rf"(?<=\d)(?:{bare})(?=\d)",
        _latex_command(),
        rf"{_NUMBER_SIGNS}|->|[()\[\]{{}}$\"“”]|(?<=\d)%|(?<=%)\+",
        rf"(?<=[\w%)}}\]$+×]){_JOINERS}(?=[\w\\$({{\[.])",
        r"(?<=\p{L})_(?=\d)",
        r"(?<=[\w%])[<>=@:](?=[-−+\d\\$])|(?<==)[-−+](?=[\d.])|(?<=\p{L})\.(?=\d)",
        r"(?<=[A-Z]\d{2,4})(?=s$)|(?<=(?:^|[-:])[Ae])(?=\d+\.?\d*[Bb](?!\p{L}))",
        r"(?<=\p{L}),(?=[\w$\\])|(?<=[\d%]),(?=[\p{L}$\\])",
        r"(?<=[\d%)])\.(?=[A-Z][a-z])",
    ]


def _prefixes() -> list[str]:
    bare = _alternatives(tokenizer_data()["bare_commands"])
    ours = [_latex_command(), rf"(?:{bare})(?=\d)", r"[-−+](?=\.?\d)", _NUMBER_SIGNS, r"\\", r"\^"]
    return [*ours, *_patterns(English.Defaults.prefixes)]


def _suffixes() -> list[str]:
    # spaCy's own rule for units after a digit would also split names (A100m, GPT4K): ours looks at the whole number.
    defaults = [suffix for suffix in _patterns(English.Defaults.suffixes) if "km²" not in suffix]
    return [*defaults, _latex_command(), r"[$%×^]", r"(?<=[\w%)}\]$])\."]


def _special_cases() -> dict[str, list[dict[int, str]]]:
    """Contractions ("doesn't") and abbreviations with their full stop; no emoticons ("8)"), no "id" taken for "i'd"."""
    defaults = English.Defaults.tokenizer_exceptions or {}
    cases = {word: parts for word, parts in defaults.items() if word[0].isalpha() and ("'" in word or "’" in word)}
    abbreviations = tokenizer_data()["abbreviations"]
    return cases | {word: [{ORTH: word}] for word in abbreviations["inner"] + abbreviations["final"]}


def _prefix_search() -> Callable[[str], Any]:
    """Finds a prefix; words of letters, and those that begin with an ASCII digit, have none and are not searched."""
    search = compile_prefix_regex(_prefixes()).search
    return lambda word: None if word.isalpha() or word[:1] in _DIGITS else search(word)


def _suffix_search() -> Callable[[str], Any]:
    """Finds a suffix; quickly for words of letters, with or without one closing mark: most words of a text."""
    search = compile_suffix_regex(_suffixes()).search

    def find(word: str) -> Any:
        if word.isalpha():
            return None
        if word[-1:] in _CLOSING and word[:-1].isalpha():
            return _CHARACTER.match(word, len(word) - 1)
        return search(word)

    return find


def _infix_finditer() -> Callable[[str], Any]:
    """Finds infixes; quickly for words of letters with hyphens between them."""
    finditer = regex.compile("|".join(_infixes())).finditer

    def find(word: str) -> Any:
        if word.isalpha():
            return ()
        return _HYPHEN.finditer(word) if _HYPHENATED.fullmatch(word) else finditer(word)

    return find


def _make_tokenizer(nlp: Language) -> RunCuttingTokenizer:
    return RunCuttingTokenizer(
        Tokenizer(
            nlp.vocab,
            rules=_special_cases(),
            prefix_search=_prefix_search(),
            suffix_search=_suffix_search(),
            infix_finditer=_infix_finditer(),
            url_match=English.Defaults.url_match,
            max_cache_size=_CACHED_WORDS,
        )
    )


def make_nlp() -> Language:
    """A blank English pipeline with our tokenizer and the extension ``Doc._.abstract_start`` (character offset).

    Of the attributes of a word our components ask for its lower-case form only: spaCy would work out twenty for each.
    """
    nlp = English(create_tokenizer=_make_tokenizer)
    nlp.vocab.lex_attr_getters = {LOWER: nlp.vocab.lex_attr_getters[LOWER]}  # type: ignore[attr-defined]
    if not Doc.has_extension("abstract_start"):
        Doc.set_extension("abstract_start", default=0)
    return nlp


def paper_text(title: str, abstract: str) -> str:
    """The text of a paper as the pipeline reads it."""
    return title + FIELD_BREAK + abstract


def text_of(doc: Doc) -> str:
    """The text of the Doc; ``doc.text`` puts it together from all tokens at every call."""
    text: str | None = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return text


def make_doc(nlp: Language, title: str, abstract: str) -> Doc:
    """The tokenised Doc of one paper, with ``Doc._.abstract_start`` set."""
    text = paper_text(title, abstract)
    doc = nlp.make_doc(text)
    doc.user_data[_TEXT] = text
    doc._.abstract_start = len(title) + len(FIELD_BREAK)
    return doc
