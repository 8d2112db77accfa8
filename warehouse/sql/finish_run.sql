-- Close a run.
UPDATE runs
SET status = $status, finished_at = now()::TIMESTAMPTZ AT TIME ZONE 'UTC'
WHERE run_id = $run_id
RETURNING
    run_id, status, papers_read, papers_new, papers_changed, papers_known, papers_rejected, sightings_new,
    claims_loaded, rows_rejected
