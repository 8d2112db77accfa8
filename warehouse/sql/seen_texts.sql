-- The texts in which each source has shown the papers of the batch.
SELECT DISTINCT paper_id, source, text_hash
FROM sightings
WHERE paper_id IN (SELECT paper_id FROM batch)
