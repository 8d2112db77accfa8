-- The sighting that each paper of the batch shows now.
SELECT
    papers.paper_id, sightings.sighting_id, sightings.source, sightings.text_hash, sightings.arxiv_version,
    sightings.published, papers.code,
    NULL AS paper_row, papers.extractor_version
FROM papers
JOIN sightings ON sightings.sighting_id = papers.sighting_id
WHERE papers.paper_id IN (SELECT paper_id FROM batch)
