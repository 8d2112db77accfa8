SELECT
    papers.published, coalesce(nullif(papers.title, ''), 'Untitled') AS title, count(claims.claim_id) AS claims,
    papers.code, array_to_string(papers.categories, ', ') AS categories, papers.paper_id
FROM papers
LEFT JOIN claims ON claims.paper_id = papers.paper_id
GROUP BY ALL
ORDER BY papers.published DESC NULLS LAST, title, papers.paper_id
