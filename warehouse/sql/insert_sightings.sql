-- Sightings that are not there yet, numbered in the order of the batch.
INSERT INTO sightings BY NAME
SELECT
    paper_hash AS sighting_id,
    (SELECT coalesce(max(sighting_number), 0) FROM sightings) + row_number() OVER (ORDER BY paper_row) AS sighting_number,
    paper_id, source, record, source_id, title, abstract, text_hash, url, published, page_date, arxiv_id,
    arxiv_version, doi, authors, categories, $run_id AS run_id
FROM batch
WHERE paper_hash NOT IN (SELECT sighting_id FROM sightings WHERE sighting_id IN (SELECT paper_hash FROM batch))
