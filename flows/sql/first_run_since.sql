-- The first run of a day or later; past every run where there was none since.
SELECT coalesce(min(run_id) FILTER (started_at >= $since), max(run_id) + 1, 1) AS run_id FROM runs
