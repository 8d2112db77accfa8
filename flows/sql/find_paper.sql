-- Papers by an identifier, else by words of the title; the shortest title is the nearest.
SELECT * EXCLUDE is_named
FROM (
    SELECT *, coalesce(paper_id = $paper OR arxiv_id = $paper OR doi = lower($paper) OR url = $paper, false) AS is_named
    FROM papers
)
WHERE is_named OR contains(lower(title), lower($paper))
ORDER BY is_named DESC, length(title), paper_id
LIMIT 6
