-- Papers that no run before this one had seen.
SELECT paper_id FROM sightings GROUP BY paper_id HAVING min(run_id) >= $run_id
