"""Subject, benchmark and hardware: which of the paper's names a claim is about, was obtained on, or ran on."""

from __future__ import annotations

from extractors.claims.cues import pattern
from extractors.claims.names import Cast, Name
from extractors.claims.pairs import pair_roles
from extractors.claims.slot_features import NumberView

_SIZES_BEFORE = pattern("sizes_before", ignore_case=True)
_SHARED_REACH = 60
_NAME_REACH = 1500  # characters to either side of the number; ordinary sentences are shorter


def word_range(at: NumberView, name: Name) -> tuple[int, int]:
    """The words of the sentence that the name covers, as a half-open range of indices."""
    view = at.view
    first = view.first_word_from(name.start)
    if first >= len(view.words) or view.words[first].start >= name.end:
        first = view.word_at(name.start)
    last = first + 1
    while last < len(view.words) and view.words[last].start < name.end:
        last += 1
    return first, last


def in_sentence(at: NumberView, cast: Cast, labels: frozenset[str]) -> list[Name]:
    """The names of the sentence with one of the labels."""
    low = max(at.view.start, at.quantity.start - _NAME_REACH)
    high = min(at.view.end, at.quantity.end + _NAME_REACH)
    return [n for n in cast.between(low, high) if n.label in labels]


def before_sentence(at: NumberView, cast: Cast, labels: frozenset[str], reach: int = 400) -> list[Name]:
    """The last mention of every name within ``reach`` characters before the sentence."""
    found: dict[str, Name] = {}
    for name in cast.between(at.view.start - reach, at.view.start):
        if name.label in labels:
            found[name.key] = name
    return list(found.values())


def nearest_mentions(at: NumberView, names: list[Name]) -> list[Name]:
    """One mention a key: the one nearest to the number; one behind it counts as ten characters further away."""
    best: dict[str, tuple[int, Name]] = {}
    for name in names:
        distance = at.quantity.start - name.end if name.end <= at.quantity.start else name.start - at.quantity.end + 10
        if name.key not in best or distance < best[name.key][0]:
            best[name.key] = (distance, name)
    return [name for _, name in best.values()]


def alignment(at: NumberView, run: list[Name], name: Name) -> str:
    """Whether the name has the number's place in a list as long as the number's own ("1.9x and 2.3x over A and B")."""
    place, length = at.group
    if length < 2:
        return "single"
    if len(run) != length:
        return f"len{min(3, abs(len(run) - length))}{'-' if len(run) < 2 else ''}"
    return "eq" if run.index(name) == place else "ne"


def name_run(at: NumberView, names: list[Name], name: Name) -> list[Name]:
    """The list of names that ``name`` stands in: only commas, "and" and brackets between neighbours."""
    ordered = sorted(names, key=lambda n: n.start)
    run: list[Name] = []
    for other in ordered:
        if run:
            gap = at.view.text[run[-1].end : other.start]
            glue = gap.replace("and", "").replace("datasets", "").strip(" ,&/()")
            if glue or len(gap) > 25:
                if name in run:
                    break
                run = []
        run.append(other)
    return run if name in run else [name]


def name_features(at: NumberView, cast: Cast, name: Name, peers: list[Name], slot: str) -> list[str]:
    """Features of the candidate ``name`` for ``slot``; ``peers`` are the sentence's names of the same labels."""
    t = at.claim_type
    own = cast.ownness.get(name.key, 0.0)
    ownness = str(min(7, int(own)))
    is_own = cast.is_own(name.key)
    inside = at.view.start <= name.start < at.view.end
    out = [
        f"{slot}",
        f"t={t}",
        f"lab={name.label}",
        f"{t}|lab={name.label}",
        f"own={ownness}",
        f"isown={is_own}",
        f"{t}|isown={is_own}",
        f"cnt={min(4, cast.counts.get(name.key, 0))}",
        f"peers={min(4, len(peers))}",
        f"{t}|k={at.kind}",
        f"in={inside}",
        f"pron={at.pronoun}|{is_own}",
        f"dig={any(c.isdigit() for c in name.text)}|{t}",
    ]
    if not inside:
        gap = at.view.text.count(". ", name.end, at.view.start)
        return [
            *out,
            f"sent=-{min(3, gap)}",
            f"{t}|sent=-{min(3, gap)}",
            f"out|isown={is_own}|peers={min(2, len(peers))}|{at.pronoun}",
            f"out|last={_is_last_before(at, cast, name)}",
        ]
    return out + _mention_features(at, name, peers, is_own=is_own)


def _mention_features(at: NumberView, name: Name, peers: list[Name], *, is_own: bool) -> list[str]:
    """Features of a mention in the number's own sentence: its place, its words, its role, its list."""
    t = at.claim_type
    out: list[str] = []
    first, last = word_range(at, name)
    relation = at.relation(first, last)
    out.extend(relation)
    out.extend(f"own{is_own}|{feature}" for feature in relation[:9])
    outside = at.outside(first, last)
    out.extend(outside)
    out.extend(f"side{relation[0]}|{feature}" for feature in outside[:2])
    out.extend(at.governor(first))
    if name.label == "PHRASE":
        words = [word.lower for word in at.view.words[first:last]]
        out.extend((f"ph={words[-1]}", f"ph0={words[0]}", f"phlen={len(words)}", f"{t}|ph={words[-1]}"))
        out.extend(f"pw={word}" for word in words)
    role, _ = pair_roles(at.view)[at.number]
    out.extend(
        (
            f"role={role}|{relation[0]}|{at.view.words[first - 1].lower if first else ''}",
            f"role={role}|{is_own}|{t}",
            f"role={role}|{relation[1]}",
        )
    )
    out.extend(_list_features(at, name, peers))
    out.extend(_order_features(at, name, peers))
    out.append(f"start={first <= 1}|{t}|{is_own}")
    return out


def _list_features(at: NumberView, name: Name, peers: list[Name]) -> list[str]:
    """How the list that the name stands in agrees with the number's own list."""
    run = name_run(at, peers, name)
    aligned = alignment(at, run, name)
    out = [f"{at.claim_type}|al={aligned}", f"al={aligned}"]
    if len(run) > 1:
        ends = (word_range(at, run[0])[0], word_range(at, run[-1])[1])
        whole = at.relation(*ends)
        out.append(f"run={min(4, len(run))}|{whole[0]}|{aligned}")
        out.extend(f"run|{aligned in ('eq', 'ne')}|{feature}" for feature in whole)
        out.extend(f"run|{feature}" for feature in at.outside(*ends)[:3])
    return out


def _order_features(at: NumberView, name: Name, peers: list[Name]) -> list[str]:
    """The name's place among the names on its side of the number."""
    t = at.claim_type
    left = sorted((n for n in peers if n.start < at.quantity.start), key=lambda n: n.start)
    right = sorted((n for n in peers if n.start >= at.quantity.start), key=lambda n: n.start)
    if name in left:
        order = f"l{min(3, len(left) - 1 - left.index(name))}"
    elif name in right:
        order = f"r{min(3, right.index(name))}"
    else:
        order = "?"
    return [
        f"ord={order}",
        f"{t}|ord={order}",
        f"ord={order}|{min(2, len(left))}|{min(2, len(right))}",
        f"firstname={bool(left) and left[0] == name}|{t}",
    ]


def _is_last_before(at: NumberView, cast: Cast, name: Name) -> bool:
    return not any(n.label == name.label for n in cast.between(name.start + 1, at.view.start))


def no_name_features(at: NumberView, cast: Cast, peers: list[Name], slot: str) -> list[str]:
    """Features of leaving the slot empty."""
    t = at.claim_type
    own_here = any(cast.is_own(name.key) for name in peers)
    out = [
        f"N{slot}",
        f"N{slot}|{t}",
        f"N{slot}|{t}|{at.kind}",
        f"N|peers={min(3, len(peers))}|{t}",
        f"N|ownkey={bool(cast.own_key)}|{t}",
        f"N|ownhere={own_here}|{bool(cast.own_key)}|{min(2, len(peers))}",
        f"N|role={pair_roles(at.view)[at.number][0]}|{t}",
        f"N|pron={at.pronoun}|{bool(cast.own_key)}|{min(2, len(peers))}",
    ]
    out.extend(f"N|{t}|b={word}" for word in at.before[:3])
    out.extend(f"N|{t}|a={word}" for word in at.after[:3])
    out.extend(
        f"N|w={word.lower}" for word in at.view.words[: at.position] if word.quantity < 0 and len(word.lower) > 3
    )
    return out


def shared_name(at: NumberView, cast: Cast) -> str | None:
    """The model whose size stands behind another one's and shares its name: "Llama-3.1-70B" for the number of
    "Llama-3.1-8B and 70B"; None for other numbers."""
    text, quantity = at.view.text, at.quantity
    found = _SIZES_BEFORE.search(text, max(at.view.start, quantity.start - _SHARED_REACH), quantity.start)
    if found is None:
        return None
    name = next((n for n in cast.names if n.end == found.end(1) and n.start < found.start(1)), None)
    if name is None or text[name.start : found.start(1)].split()[-1].islower():  # "Gemma with 8B and 38B"
        return None
    return text[name.start : found.start(1)] + text[quantity.start : quantity.core_end]
