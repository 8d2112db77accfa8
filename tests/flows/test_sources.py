"""Network sources against a server on loopback that pages, throttles, fails, hangs, truncates and lies."""

from __future__ import annotations

import gzip
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from flows.readers import UnreadableSource, read
from flows.sources.turns import wait_for_turn
from schemas.records import Paper, Reject
from tests.flows.test_readers import ABSTRACT, json_lines

Answer = Callable[[BaseHTTPRequestHandler, dict[str, str]], None]


@dataclass
class Server:
    """A server whose answers a test sets by path; it notes when it was asked for what, and with which headers."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((time.monotonic(), self.path, dict(self.headers)))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            state.answers.get(parts.path, lambda handler, _: send(handler, 404))(self, query)

        def log_message(self, *args: object) -> None:
            pass

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """Clients that leave in the middle are what some tests are about."""

    httpd = QuietServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}"
    settings = {"HF_URL": state.url, "ARXIV_URL": state.url, "ARXIV_DELAY": "0", "TIMEOUT": "10", "RETRIES": "2"}
    settings |= {"BACKOFF": "0.01", "CACHE": str(tmp_path / "cache"), "CONTACT": "mail@example.org"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PAPERCLAIMS_{name}", value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield state
    state.release.set()
    httpd.shutdown()
    httpd.server_close()


def send(
    handler: BaseHTTPRequestHandler,
    status: int = 200,
    body: bytes = b"",
    length: int | None = None,
    **headers: str,
) -> None:
    """An answer; ``length`` is what it claims to have, -1 for no claim; names of headers have _ for -."""
    handler.send_response(status)
    if length != -1:
        handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def always(status: int = 200, body: bytes = b"", length: int | None = None, **headers: str) -> Answer:
    return lambda handler, query: send(handler, status, body, length, **headers)


def in_turn(*answers: Answer) -> Answer:
    """The answers one after the other, then always the last."""
    left = list(answers)
    return lambda handler, query: (left.pop(0) if len(left) > 1 else left[0])(handler, query)


def read_all(source: str) -> tuple[list[Paper], list[Reject]]:
    items = list(read(source))
    return [item for item in items if isinstance(item, Paper)], [item for item in items if isinstance(item, Reject)]


def refused(source: str) -> str:
    with pytest.raises(UnreadableSource) as caught:
        list(read(source))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def hf_page(day: str, start: int, count: int) -> bytes:
    numbers = range(start, start + count)
    return json.dumps(
        [{"paper": {"id": f"{day}-{n}", "title": f"T{n}", "summary": ABSTRACT}} for n in numbers]
    ).encode()


def hf_answer(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    """A day of 250 papers in pages that hold fewer than were asked for."""
    start = int(query["p"]) * 90
    send(handler, 200, hf_page(query["date"], start, max(0, min(90, 250 - start))))


def arxiv_feed(total: int, numbers: range) -> bytes:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2511.{n:05}v1</id><title>T{n}</title><summary>{ABSTRACT}</summary></entry>"
        for n in numbers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        f"<o:totalResults>{total}</o:totalResults>{entries}</feed>"
    ).encode()


def arxiv_answer(total: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        start = int(query["start"])
        send(handler, 200, arxiv_feed(total, range(start, min(total, start + int(query["max_results"])))))

    return answer


def test_a_day_of_daily_papers_is_read_page_by_page(server: Server) -> None:
    server.answers["/api/daily_papers"] = hf_answer
    papers, rejects = read_all("hf:2026-11-01")
    assert len({paper.id for paper in papers}) == len(papers) == 250
    assert rejects == []
    assert {paper.source for paper in papers} == {"hf:2026-11-01"}
    assert "mail@example.org" in server.asked[0][2]["User-Agent"]


def test_a_server_that_does_not_page_is_asked_only_once_more(server: Server) -> None:
    server.answers["/api/daily_papers"] = always(body=hf_page("x", 0, 3))
    assert len(read_all("hf:today")[0]) == 3
    assert len(server.asked) == 2


def test_a_range_of_days_takes_both_ends(server: Server) -> None:
    server.answers["/api/daily_papers"] = lambda handler, query: send(
        handler, 200, hf_page(query["date"], 0, 2 if query["p"] == "0" and query["date"] != "2026-11-01" else 0)
    )
    papers, _ = read_all("hf:2026-10-31..2026-11-02")
    assert [paper.source for paper in papers] == ["hf:2026-10-31"] * 2 + ["hf:2026-11-02"] * 2


@pytest.mark.parametrize(
    "source", ["hf:", "hf:2026-13-01", "hf:2026-11-02..2026-11-01", "hf:2020-01-01..2026-01-01", "arxiv:", "arxiv:  "]
)
def test_sources_that_make_no_sense_are_refused_before_anything_is_asked(server: Server, source: str) -> None:
    assert refused(source).startswith(source.strip())
    assert server.asked == []


def test_a_setting_that_is_no_number_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCLAIMS_TIMEOUT", "soon")
    assert "PAPERCLAIMS_TIMEOUT must be a number" in refused("hf:today")


def test_a_query_of_arxiv_is_read_page_by_page(server: Server) -> None:
    server.answers["/api/query"] = arxiv_answer(230)
    papers, rejects = read_all("arxiv:cat:cs.CL AND abs:benchmark")
    assert (len({paper.arxiv_id for paper in papers}), rejects) == (230, [])
    queries = [parse_qs(urlsplit(path).query) for path in server.paths()]
    assert [query["start"] for query in queries] == [["0"], ["100"], ["200"]]
    assert queries[0]["search_query"] == ["cat:cs.CL AND abs:benchmark"]


def test_one_paper_of_arxiv_is_asked_for_by_its_identifier(server: Server) -> None:
    server.answers["/api/query"] = arxiv_answer(1)
    assert len(read_all("arxiv:2511.00000")[0]) == 1
    assert "id_list=2511.00000" in server.paths()[0]


def test_more_papers_than_are_wanted_are_not_asked_for_and_it_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PAPERCLAIMS_ARXIV_MAX", "120")
    server.answers["/api/query"] = arxiv_answer(10_000)
    assert len(read_all("arxiv:all:video")[0]) == 120
    assert "the newest 120 of 10000 papers" in caplog.text


def test_requests_to_arxiv_keep_their_distance(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCLAIMS_ARXIV_DELAY", "0.2")
    server.answers["/api/query"] = arxiv_answer(250)
    read_all("arxiv:all:video")
    read_all("arxiv:all:audio")
    times = [moment for moment, _, _ in server.asked]
    assert len(times) == 6
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.19


def test_processes_keep_their_distance_together(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib\nfrom flows.sources.turns import wait_for_turn\n"
        "for _ in range(2): wait_for_turn(pathlib.Path(sys.argv[1]), 'arxiv.test', 0.2); print(time.time())"
    )
    commands = [[sys.executable, "-c", code, str(tmp_path)]] * 3
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    turns = sorted(float(line) for process in processes for line in process.communicate()[0].splitlines())
    assert len(turns) == 6
    assert min(later - earlier for earlier, later in itertools.pairwise(turns)) > 0.19


def test_a_note_of_the_last_turn_that_cannot_be_kept_or_is_odd_stops_nothing(tmp_path: Path) -> None:
    wait_for_turn(tmp_path, "a/../b", 0.01)
    (note,) = tmp_path.iterdir()
    for text in ("", "soon", "nan", "inf", "9" * 30):  # also of a clock that was set back
        note.write_text(text)
        wait_for_turn(tmp_path, "a/../b", 0.01)
    started = time.monotonic()
    for _ in range(3):
        wait_for_turn(note, "a", 0.1)
    assert 0.19 < time.monotonic() - started < 5


def test_an_empty_page_of_arxiv_is_asked_for_again(server: Server) -> None:
    empty = always(body=arxiv_feed(150, range(0)))
    server.answers["/api/query"] = in_turn(arxiv_answer(150), empty, empty, arxiv_answer(150))
    assert len(read_all("arxiv:all:video")[0]) == 150


def test_pages_of_arxiv_that_stay_empty_are_a_reject_that_says_what_is_missing(server: Server) -> None:
    server.answers["/api/query"] = in_turn(arxiv_answer(150), always(body=arxiv_feed(150, range(0))))
    papers, rejects = read_all("arxiv:all:video")
    assert len(papers) == 100
    assert [reject.reason for reject in rejects] == ["the server gave only 100 of 150 papers"]


def test_what_arxiv_says_of_a_bad_query_is_passed_on(server: Server) -> None:
    entry = b"<id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>bad syntax</summary>"
    server.answers["/api/query"] = always(body=b"<feed><entry>" + entry + b"</entry></feed>")
    assert "arXiv says: bad syntax" in refused("arxiv:((")


def test_an_address_is_read_whatever_its_format_and_packing(server: Server) -> None:
    server.answers["/a"] = always(body=json_lines(), Content_Type="application/octet-stream")
    server.answers["/b"] = always(body=gzip.compress(json_lines()), Content_Encoding="gzip")
    server.answers["/c.gz"] = always(body=gzip.compress(gzip.compress(json_lines())), Content_Encoding="gzip")
    for path in ("/a", "/b", "/c.gz"):
        papers, _ = read_all(server.url + path)
        assert len(papers) == 3
        assert papers[0].source == server.url + path


def test_passwords_and_queries_of_an_address_show_nowhere(server: Server) -> None:
    server.answers["/a"] = in_turn(always(body=json_lines()), always(403))
    address = server.url.replace("//", "//user:secret@") + "/a?token=secret"
    papers, _ = read_all(address)
    assert papers[0].source == server.url + "/a"
    assert "secret" not in refused(address)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_fails_in_passing_is_asked_again(server: Server, status: int) -> None:
    server.answers["/a"] = in_turn(always(status), always(status), always(body=json_lines()))
    assert len(read_all(server.url + "/a")[0]) == 3


@pytest.mark.parametrize(
    ("answer", "words", "tries"),
    [
        (always(503), "503 Service Unavailable (tries: 3)", 3),
        (always(404), "404 Not Found", 1),
        (always(403), "403 Forbidden", 1),
        (always(429, Retry_After="86400"), "asks to wait 86400 s", 1),
        (always(200, json_lines(), length=99_999), "cut short", 3),
        (always(200, b"x", Content_Encoding="br"), "packed as br", 1),
        (always(200, b"", length=10**15), "larger than", 1),
        (always(302, Location="ftp://127.0.0.1/x"), "only http and https", 1),
        (always(302, Location="file:///etc/passwd"), "only http and https", 1),
        (always(302, Location="/a"), "more than 5 redirects", 6),
        (always(200, b"", length=0), "empty", 1),
        (always(200, b"<html><body>Sign in</body></html>"), "HTML", 1),
    ],
)
def test_what_a_failing_server_leads_to(server: Server, answer: Answer, words: str, tries: int) -> None:
    server.answers["/a"] = answer
    assert words in refused(server.url + "/a")
    assert len(server.asked) == tries


def test_a_server_that_hangs_is_left_after_the_timeout(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCLAIMS_TIMEOUT", "0.5")
    server.answers["/a"] = lambda handler, query: server.release.wait(20)
    started = time.monotonic()
    assert "no answer within 0.5 s (tries: 3)" in refused(server.url + "/a")
    assert time.monotonic() - started < 15


def test_a_server_that_hangs_in_the_middle_of_an_answer_is_left(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERCLAIMS_TIMEOUT", "0.5")

    def answer(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        send(handler, 200, json_lines(), length=99_999)
        server.release.wait(20)

    server.answers["/a"] = answer
    assert "no answer within 0.5 s" in refused(server.url + "/a")


def test_a_server_that_trickles_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERCLAIMS_TIMEOUT", "0.5")

    def answer(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        send(handler, 200, b"", length=10_000)
        while not server.release.wait(0.1):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    server.answers["/a"] = answer
    assert "trickles" in refused(server.url + "/a")


def test_an_answer_without_a_length_that_does_not_end_is_stopped_at_the_limit(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERCLAIMS_MAX_DOWNLOAD", "1000000")
    server.answers["/a"] = always(body=b" " * 5_000_000, length=-1)
    assert "larger than 1,000,000 bytes" in refused(server.url + "/a")


def test_an_answer_longer_than_it_claims_is_cut_where_it_claims(server: Server) -> None:
    server.answers["/a"] = always(body=json_lines(3), length=len(json_lines(3)) - 20)
    papers, rejects = read_all(server.url + "/a")
    assert (len(papers), [reject.check_name for reject in rejects]) == (2, ["json"])


def test_the_wait_that_a_server_asks_for_is_kept(server: Server) -> None:
    server.answers["/a"] = in_turn(always(429, Retry_After="1"), always(body=json_lines()))
    assert len(read_all(server.url + "/a")[0]) == 3
    assert server.asked[1][0] - server.asked[0][0] > 0.99


def test_redirects_are_followed(server: Server) -> None:
    server.answers["/a"] = always(302, Location="/b")
    server.answers["/b"] = always(301, Location=server.url + "/c")
    server.answers["/c"] = always(body=json_lines())
    assert len(read_all(server.url + "/a")[0]) == 3


def test_nobody_there_is_a_refusal(server: Server) -> None:
    assert "no connection" in refused("http://127.0.0.1:9/papers.jsonl")


@pytest.mark.parametrize(
    "address", ["http://", "http://[", "http://a b/", "https://\u0000/", "http://" + "a" * 300 + "/"]
)
def test_addresses_that_are_none_are_refused(server: Server, address: str) -> None:
    refused(address)


def test_an_unchanged_answer_is_not_sent_again(server: Server) -> None:
    def answer(handler: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        same = handler.headers.get("If-None-Match") == '"one"' and handler.headers.get("If-Modified-Since")
        send(
            handler,
            *((304, b"") if same else (200, json_lines())),
            ETag='"one"',
            Last_Modified="Sun, 01 Nov 2026 00:00:00 GMT",
        )

    server.answers["/a"] = answer
    assert [len(read_all(server.url + "/a")[0]) for _ in range(3)] == [3, 3, 3]
    assert [("If-None-Match" in headers) for _, _, headers in server.asked] == [False, True, True]


def test_a_changed_answer_replaces_the_kept_one(server: Server) -> None:
    server.answers["/a"] = in_turn(
        always(body=json_lines(1), ETag='"one"'), always(body=json_lines(2), ETag='"two"'), always(304, ETag='"two"')
    )
    assert [len(read_all(server.url + "/a")[0]) for _ in range(3)] == [1, 2, 2]
    assert [headers.get("If-None-Match") for _, _, headers in server.asked] == [None, '"one"', '"two"']


def test_a_damaged_or_unwritable_cache_only_costs_traffic(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/a"] = always(body=json_lines(), ETag='"one"')
    read_all(server.url + "/a")
    for kept in (tmp_path / "cache").iterdir():
        kept.write_bytes(kept.read_bytes()[:-10])
    assert len(read_all(server.url + "/a")[0]) == 3
    assert "If-None-Match" not in server.asked[1][2]
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PAPERCLAIMS_CACHE", str(tmp_path / "file"))
    assert len(read_all(server.url + "/a")[0]) == 3


def test_a_failure_in_the_middle_keeps_what_was_read_and_names_the_rest(server: Server) -> None:
    server.answers["/api/daily_papers"] = lambda handler, query: (
        hf_answer(handler, query) if query["date"] == "2026-11-01" else send(handler, 500)
    )
    papers, rejects = read_all("hf:2026-11-01..2026-11-03")
    assert len(papers) == 250
    assert [(reject.source, reject.check_name) for reject in rejects] == [("hf:2026-11-01..2026-11-03", "unreadable")]
    assert "500" in rejects[0].reason
