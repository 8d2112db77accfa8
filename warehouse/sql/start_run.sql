-- A new run, numbered one after the last; its accounts begin at nothing.
INSERT INTO runs BY NAME
SELECT
    coalesce(max(run_id), 0) + 1 AS run_id, now()::TIMESTAMPTZ AT TIME ZONE 'UTC' AS started_at, 'running' AS status,
    $sources::VARCHAR[] AS sources, $extractor_version AS extractor_version,
    0 AS papers_read, 0 AS papers_new, 0 AS papers_changed, 0 AS papers_known, 0 AS papers_rejected,
    0 AS sightings_new, 0 AS claims_loaded, 0 AS rows_rejected
FROM runs
RETURNING run_id
