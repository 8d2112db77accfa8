-- The accounts of a run with those of one more batch.
UPDATE runs
SET
    papers_read = papers_read + $papers_new + $papers_changed + $papers_known + $papers_rejected,
    papers_new = papers_new + $papers_new,
    papers_changed = papers_changed + $papers_changed,
    papers_known = papers_known + $papers_known,
    papers_rejected = papers_rejected + $papers_rejected,
    sightings_new = sightings_new + $sightings_new,
    claims_loaded = claims_loaded + $claims_loaded,
    rows_rejected = rows_rejected + $rows_rejected
WHERE run_id = $run_id
