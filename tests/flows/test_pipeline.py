"""What a scheduled run leaves in Prefect's log where sources could not be read."""

from __future__ import annotations

import logging
import pickle

from flows import pipeline
from flows.steps import Report
from warehouse import RunSummary

REPORT = Report(RunSummary(1, "failed", 2, 2, 0, 0, 0, 2, 3, 1), {"score": 3}, 1.0, ["a.jsonl: empty", "b: gone"], [])


def logged(error: Exception) -> logging.LogRecord:
    record = logging.LogRecord("prefect.flow_runs", logging.ERROR, "", 1, "failed", None, (type(error), error, None))
    logging.getLogger("prefect.flow_runs").filter(record)
    return record


def test_a_run_that_failed_for_its_sources_is_logged_in_one_line() -> None:
    record = logged(pipeline.SourcesUnreadable(REPORT))
    assert (record.exc_info, "the others are loaded" in record.getMessage()) == (None, True)
    assert logged(ValueError("of the program")).exc_info is not None


def test_the_failure_keeps_its_report_and_names_the_sources() -> None:
    failure = pickle.loads(pickle.dumps(pipeline.SourcesUnreadable(REPORT)))
    assert str(failure) == "a.jsonl: empty; b: gone"
    assert failure.report == REPORT
