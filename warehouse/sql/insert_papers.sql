-- Each paper with the text that it shows, and the rest from the first sighting that says it.
WITH said AS (
    SELECT
        paper_id,
        arg_min(url, sighting_number) AS url,
        arg_min(published, sighting_number) AS published,
        arg_min(page_date, sighting_number) AS page_date,
        arg_min(arxiv_id, sighting_number) AS arxiv_id,
        arg_min(doi, sighting_number) AS doi,
        coalesce(arg_min(authors, sighting_number) FILTER (len(authors) > 0), []) AS authors,
        coalesce(arg_min(categories, sighting_number) FILTER (len(categories) > 0), []) AS categories
    FROM sightings
    WHERE paper_id IN (SELECT paper_id FROM batch)
    GROUP BY paper_id
)
INSERT INTO papers BY NAME
SELECT
    said.*, shown.title, shown.abstract, shown.text_hash, batch.sighting_id, batch.extractor_version, batch.code
FROM batch
JOIN said ON said.paper_id = batch.paper_id
JOIN sightings AS shown ON shown.sighting_id = batch.sighting_id
ORDER BY shown.sighting_number
