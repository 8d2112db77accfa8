"""URLs in running text: without scheme, broken by blanks, escaped by LaTeX, wrapped in brackets; offsets kept.

Every pattern here is free of nested repetition, and every look around a URL is bounded, so the work is linear in the
text whatever the text is.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LINKS_FILE = Path(__file__).parent / "data" / "links.toml"
MAX_JOINS = 3
"""A URL is put together from at most so many further pieces."""
MAX_URL_CHARS = 2000
CUE_CHARS = 60
"""How far before a bare host the word may stand that makes it a link."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})"
_SCHEME = re.compile(r"(?:https?|ftp)\s{0,2}:\s{0,2}\\?/\s?\\?/\s{0,2}", re.IGNORECASE)
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,9}}(?::\d{{1,5}}(?!\d))?\.?")
_PATH = re.compile(
    r"""(?:[A-Za-z0-9\-.~:/?\#@!+,=%_()\u2010\u2011\u00ad\u200b\u2060]
        | &(?:amp;|(?!(?:gt|lt|quot);)) | \\[_%\#&~/-](?:\{\})? | \{\\[_~](?:\{\})?\}
        | \\textasciitilde(?:\{\})? | \\textunderscore(?:\{\})? | \$\\sim\$ | \$_\$)++""",
    re.VERBOSE,
)
_ESCAPES = (
    (re.compile(r"\\textasciitilde(?:\{\})?|\$\\sim\$|\{\\~(?:\{\})?\}|\\~(?:\{\})?"), "~"),
    (re.compile(r"\\textunderscore(?:\{\})?|\{\\_(?:\{\})?\}|\$_\$"), "_"),
    (re.compile(r"\\-|[\u00ad\u200b\u2060]"), ""),
    (re.compile(r"[\u2010\u2011]"), "-"),
    (re.compile(r"\\([_%#&/])(?:\{\})?"), r"\1"),
    (re.compile(r"&amp;"), "&"),
    (re.compile(r"\s+"), ""),
)
_DOI = re.compile(r"(?<![\w/.])doi\s?:?\s?(?=10\.\d{4,9}/\S)", re.IGNORECASE)
_NEXT_URL = re.compile(r"(?<=[^/])(?:https?|ftp):\\?/", re.IGNORECASE)
_BLANK = re.compile(r"\s{1,3}")
_SLUG = re.compile(r"[A-Za-z0-9_.~-]+")
_PLAIN_WORD = re.compile(r"[a-z]+[.,;:)]*")
_BROWSER_PART = re.compile(r"^(?:https?|ftp)://(?:www\.)?", re.IGNORECASE)
_TRAILING = ".,;:!?~-\u00ad\u200b\u2060"
# "\href{A}{B}", "[B](A)", "A{A}", '<a href="A">B</a>': what stands between an address and its second showing.
_SECOND_SHOWING = re.compile(r"""[}\])"'/]{0,2}[{(>]\$?(?:\\[a-z]{2,9}\{){0,3}""")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL as a browser needs it, and where it stands: ``text[start:end]`` is how it is written."""

    url: str
    start: int
    end: int


def address_of(url: str) -> str:
    """The URL without scheme and "www."."""
    return _BROWSER_PART.sub("", url)


@functools.cache
def link_data() -> dict[str, Any]:
    """The tables of ``data/links.toml``, read once."""
    with LINKS_FILE.open("rb") as file:
        return tomllib.load(file)


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = link_data()
    domains = "|".join(sorted(data["top_level_domains"], key=len, reverse=True))
    before = r"(?<![\w@./\\-])"
    return {
        "known": re.compile(rf"{before}(?:www\.\s?)?(?:{_known_hosts(data)})", re.IGNORECASE),
        "domain": re.compile(rf"\.(?:{domains})(?![\w-])", re.IGNORECASE),
        "plain": re.compile(rf"{before}(?:{_LABEL}\.){{1,6}}(?:{domains})(?![\w-]|\.\w|@)", re.IGNORECASE),
        "cue": re.compile(rf"\b(?:{'|'.join(map(re.escape, data['bare_host_cues']))})\b", re.IGNORECASE),
        "preposition": re.compile(
            rf"(?:\b(?:{'|'.join(data['bare_host_prepositions'])})|:|\(|\[|\{{)\s*$", re.IGNORECASE
        ),
        "rest_of_host": re.compile(rf"(?:{_LABEL}\.\s?)?(?:{domains})(?=[/\s.,;)}}]|$)"),
        "complete": re.compile(rf".*\.(?:{domains})\.?", re.IGNORECASE),
        "next_sentence": re.compile(rf"\.(?:{'|'.join(data['sentence_openers'])})$"),
        "extension": re.compile(rf"\.?(?:{'|'.join(data['file_extensions'])})(?=[\s.,;)}}]|$)"),
    }


def _known_hosts(data: dict[str, Any]) -> str:
    """An alternation of the hosts of the table: with a path, or alone where they are "bare"; blanks may follow dots."""
    alone: set[str] = set()
    with_path: set[str] = set()
    for host in data["host"]:
        name = host["name"].partition("/")[0]
        if not name.endswith("*"):
            spelled = r"\.\s?".join(map(re.escape, name.removeprefix("*.").split(".")))
            (alone if host.get("bare") else with_path).add(spelled)
    pages = rf"(?:{_LABEL}\.\s?){{1,3}}(?:{'|'.join(sorted(alone))})(?![\w-])"
    return rf"{pages}|(?:{'|'.join(sorted(with_path, reverse=True))})\s?/\s?(?=\w)"


@functools.cache
def _known_words() -> tuple[str, ...]:
    """One word of each known host with its dot: a text without any of them has none of the hosts."""
    names = (host["name"].partition("/")[0].removeprefix("*.") for host in link_data()["host"])
    return tuple(sorted({max(name.split(".")[:-1], key=len) + "." for name in names if not name.endswith("*")}))


def find_urls(text: str) -> list[Url]:
    """All URLs of a text, in its order, one for each place; the second showing in ``\\href{A}{B}`` is left out."""
    found: list[Url] = []
    taken = 0
    for start, body, prefix in _anchors(text):
        if start < taken:
            continue
        url = _read(text, start, body, prefix)
        if url is None:
            continue
        taken = url.end
        if not found or not _shown_again(text, found[-1], url):
            found.append(url)
    return found


def _anchors(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a URL may begin: its start, where its host (or DOI) begins, and what a browser needs before that."""
    if "." not in text:
        return
    patterns = _patterns()
    hits: list[tuple[int, int, str]] = []
    lowered = text.lower()
    if "http" in lowered or "ftp" in lowered:
        hits += [(m.start(), m.end(), m[0][: m[0].index(":")].strip().lower() + "://") for m in _SCHEME.finditer(text)]
    if any(word in lowered for word in _known_words()):
        hits += [(m.start(), m.start(), "https://") for m in patterns["known"].finditer(text)]
    if patterns["domain"].search(text):
        hits += [(m.start(), m.start(), "https://") for m in patterns["plain"].finditer(text) if _is_bare_link(text, m)]
    if "doi" in lowered:
        hits += [(m.end(), m.end(), "https://doi.org/") for m in _DOI.finditer(text)]
    yield from sorted(hits)


def _is_bare_link(text: str, match: re.Match[str]) -> bool:
    """A host without scheme is a link where it says www, or where the words before it say so."""
    if match[0].lower().startswith("www."):
        return True
    before = text[max(0, match.start() - CUE_CHARS) : match.start()]
    patterns = _patterns()
    return bool(patterns["preposition"].search(before) and patterns["cue"].search(before))


def _read(text: str, start: int, body: int, prefix: str) -> Url | None:
    """Read the URL that begins at ``start``; None if what stands there is no address."""
    limit = min(len(text), start + MAX_URL_CHARS)
    if prefix.endswith("doi.org/"):
        end = _path_end(text, body, limit)
    else:
        host_end = _host_end(text, body, limit)
        if host_end is None or (body - start > len(prefix) and not _is_complete(text[body:host_end])):
            return None
        end = _path_end(text, host_end, limit) if text[host_end : host_end + 1] in tuple("/?#:\\\u200b") else host_end
    for _ in range(MAX_JOINS):
        longer = _joined(text, body, end, limit)
        if longer is None:
            break
        end = longer
    end = _trimmed(text, body, end)
    written = text[body:end]
    for pattern, plain in _ESCAPES:
        written = pattern.sub(plain, written)
    return Url(prefix + written, start, end) if "." in written else None


def _is_complete(host: str) -> bool:
    return _patterns()["complete"].fullmatch("".join(host.split())) is not None


def _host_end(text: str, body: int, limit: int) -> int | None:
    """The end of the host, put together where blanks follow its dots ("github. com")."""
    match = _HOST.match(text, body, limit)
    if match is None:
        return None
    end = match.end()
    for _ in range(MAX_JOINS):
        if not text[body:end].endswith(".") or _is_complete(text[body : end - 1]):
            break
        blank = _BLANK.match(text, end, limit)
        rest = _patterns()["rest_of_host"].match(text, blank.end(), limit) if blank else None
        if rest is None:
            break
        end = rest.end()
    host = text[body:end].rstrip(".")
    return body + len(host) if "." in host else None


def _path_end(text: str, start: int, limit: int) -> int:
    match = _PATH.match(text, start, limit)
    if match is None:
        return start
    another = _NEXT_URL.search(text, start, match.end())
    return another.start() if another else match.end()


def _joined(text: str, body: int, end: int, limit: int) -> int | None:
    """The new end where the URL goes on behind a blank or line end, else None."""
    blank = _BLANK.match(text, end, limit)
    if blank is None:
        return None
    piece_end = _path_end(text, blank.end(), limit)
    piece = text[blank.end() : piece_end]
    if not piece or _SCHEME.match(piece):
        return None
    so_far = text[body:end]
    if so_far.endswith("."):
        extension = _patterns()["extension"].match(piece) if "/" in so_far else None
        return blank.end() + extension.end() if extension else None
    if piece.startswith((".git", ".html")):
        return piece_end
    if piece.startswith("/") and len(piece) > 1 and _lacks_name(so_far):
        return piece_end
    if _PLAIN_WORD.fullmatch(piece) and not (so_far.endswith(("-", "_", "=")) and "\n" in blank[0]):
        return None
    if so_far.endswith(("-", "_", "=")):
        return piece_end if _SLUG.match(piece) else None
    broken = "\n" in blank[0] and "/" in piece.rstrip("./")
    if so_far.endswith("/") and (_lacks_name(so_far) or broken) and _SLUG.match(piece):
        return piece_end
    return None


def _lacks_name(so_far: str) -> bool:
    """A repository's address that does not reach "owner/name" yet."""
    host, _, path = so_far.partition("/")
    host = "".join(host.split()).lower().removeprefix("www.")
    segments = [segment for segment in path.split("/") if segment]
    return host in ("github.com", "gitlab.com", "huggingface.co", "hf.co", "bitbucket.org") and len(segments) < 2


def _trimmed(text: str, body: int, end: int) -> int:
    """The end without what belongs to the sentence: stops, closing brackets, the next sentence's first word."""
    opener = _patterns()["next_sentence"].search(text, max(body, end - 20), end)
    if opener and "/" in text[body : opener.start()]:
        end = opener.start()
    open_brackets = text.count("(", body, end) - text.count(")", body, end)
    while end > body:
        last = text[end - 1]
        if last in _TRAILING or last == "(" or last.isspace():
            open_brackets -= last == "("
        elif last == ")" and open_brackets < 0:
            open_brackets += 1
        else:
            break
        end -= 1
    return end


def _shown_again(text: str, before: Url, url: Url) -> bool:
    """This URL only shows the one before it once more, as the text of a link."""
    gap = text[before.end : url.start]
    if len(gap) > 40 or _SECOND_SHOWING.fullmatch(gap) is None:
        return False
    in_href = text[max(0, before.start - 6) : before.start].endswith("\\href{")
    return in_href or _key(before) == _key(url) or _key(before).startswith(_key(url))


def _key(url: Url) -> str:
    return address_of(url.url).rstrip("/").lower()
