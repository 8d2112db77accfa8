"""Loading replaces by paper, adds nothing twice, and keeps the accounts."""

from __future__ import annotations

from schemas.records import Extraction, Reject
from tests.warehouse.making import VERSION, Entities, claim, code_link, frames, load, paper
from warehouse import Loaded, Warehouse

FAST = claim("vLLM serves 3x more requests.", "3x", value=3.0, factor=3.0, metric="throughput", direction="higher")
SMALL = claim("It has 7B parameters.", "7B", type="model_size", value=7e9, unit="params")


def rows(warehouse: Warehouse, table: str) -> list[dict[str, object]]:
    return warehouse.query(f"SELECT * FROM {table} ORDER BY ALL").to_dicts()


def contents(warehouse: Warehouse) -> dict[str, list[dict[str, object]]]:
    tables = ("papers", "sightings", "identifiers", "claims", "links", "entities", "ledger")
    return {table: rows(warehouse, table) for table in tables}


def test_a_paper_is_loaded_with_all_that_was_found(warehouse: Warehouse) -> None:
    link = code_link("https://github.com/vllm-project/vllm", "vllm-project/vllm")
    entities = Entities(models=("vLLM",), benchmarks=("ShareGPT",))

    loaded = load(warehouse, paper("vLLM", FAST, SMALL, links=(link,), entities=entities, code="released"))

    assert loaded == Loaded(new=1, sightings=1, claims=2)
    assert [row["title"] for row in rows(warehouse, "papers")] == ["vLLM"]
    assert {row["span"] for row in rows(warehouse, "claims")} == {"3x", "7B"}
    assert [row["repo"] for row in rows(warehouse, "links")] == ["vllm-project/vllm"]
    assert {(row["kind"], row["name"]) for row in rows(warehouse, "entities")} == {
        ("model", "vLLM"),
        ("benchmark", "ShareGPT"),
    }


def test_loading_again_changes_nothing(warehouse: Warehouse) -> None:
    papers = [paper("vLLM", FAST), paper("Llama", SMALL)]
    load(warehouse, *papers)
    before = contents(warehouse)

    assert load(warehouse, *papers) == Loaded(known=2)
    assert contents(warehouse) == before


def test_the_same_record_twice_in_a_batch_is_one(warehouse: Warehouse) -> None:
    assert load(warehouse, paper("vLLM", FAST), paper("vLLM", FAST)) == Loaded(new=1, known=1, sightings=1, claims=1)
    assert len(rows(warehouse, "claims")) == 1


def test_what_is_known_is_told_before_it_is_read_again(warehouse: Warehouse) -> None:
    seen, unseen = paper("vLLM", FAST), paper("Llama", SMALL)
    assert warehouse.known([seen[0]], VERSION) == [False]

    load(warehouse, seen)

    assert warehouse.known([seen[0], unseen[0]], VERSION) == [True, False]
    assert warehouse.known([seen[0]], "2") == [False]


def test_newer_extractors_replace_their_own_rows(warehouse: Warehouse) -> None:
    load(warehouse, paper("vLLM", FAST, SMALL))

    loaded = load(warehouse, paper("vLLM", FAST, abstract=f"{FAST[0]} {SMALL[0]}"), version="2")

    assert loaded == Loaded(changed=1, claims=1)
    assert [row["span"] for row in rows(warehouse, "claims")] == ["3x"]
    assert [row["extractor_version"] for row in rows(warehouse, "papers")] == ["2"]


def test_declared_links_of_a_later_sighting_are_kept(warehouse: Warehouse) -> None:
    load(warehouse, paper("vLLM", FAST))
    link = code_link("https://github.com/vllm-project/vllm", "vllm-project/vllm")

    load(warehouse, paper("vLLM", FAST, links=(link,), source="feed.json"))
    load(warehouse, paper("vLLM", FAST), version="2")

    assert [row["url"] for row in rows(warehouse, "links")] == ["https://github.com/vllm-project/vllm"]


def test_a_later_sighting_fills_in_what_the_first_left_open(warehouse: Warehouse) -> None:
    load(warehouse, paper("vLLM", FAST, published=None))
    load(
        warehouse,
        paper("vLLM", FAST, source="feed", arxiv_id="2309.06180v1", published="2023-09-12", authors=("Kwon",)),
    )
    load(warehouse, paper("vLLM", FAST, source="other", url="https://example.org", published="2024-01-01"))

    (row,) = rows(warehouse, "papers")
    assert row["arxiv_id"] == "2309.06180"
    assert str(row["published"]) == "2023-09-12"
    assert (row["authors"], row["url"]) == (["Kwon"], "https://example.org")


def test_accounts_balance_and_rejects_are_kept(warehouse: Warehouse) -> None:
    reject = Reject("papers.jsonl", "line 3", "abstract", "the abstract is empty", '{"title": "\ud800"}')
    batch = frames(paper("vLLM", FAST), paper("Llama", SMALL))
    run = warehouse.start_run(["papers.jsonl"], VERSION)
    warehouse.load(run, VERSION, batch, [reject], papers_known=4, papers_rejected=1)
    warehouse.load(run, VERSION, batch)

    summary = warehouse.finish_run(run)

    assert summary.papers_read == 9
    assert (summary.papers_new, summary.papers_changed, summary.papers_known, summary.papers_rejected) == (2, 0, 6, 1)
    assert (summary.status, summary.claims_loaded, summary.rows_rejected) == ("done", 2, 1)
    (kept,) = rows(warehouse, "rejects")
    assert (kept["run_id"], kept["place"], kept["check_name"]) == (run, "line 3", "abstract")


def test_runs_are_numbered_whatever_the_clock_says(warehouse: Warehouse) -> None:
    assert [warehouse.start_run(["a"], VERSION), warehouse.start_run(["b"], VERSION)] == [1, 2]


def test_a_batch_without_papers_only_enters_the_accounts(warehouse: Warehouse) -> None:
    run = warehouse.start_run(["empty"], VERSION)
    assert warehouse.load(run, VERSION, frames(), papers_known=3) == Loaded()
    assert warehouse.finish_run(run, "failed").papers_read == 3


def test_odd_text_comes_back_as_it_was(warehouse: Warehouse) -> None:
    odd = "nul \x00, rtl \u202e, quote ' \" ; DROP TABLE papers; --, 数 𝟙"
    load(warehouse, (paper(odd, abstract=odd)[0], Extraction()))
    (row,) = rows(warehouse, "papers")
    assert (row["title"], row["abstract"]) == (odd, odd)
