-- The newest papers that claim something, each with its surest own claim.
WITH surest AS (
    SELECT
        paper_id, claim_id, type, subject, stated(qualifier, value, value_max, unit) AS claim,
        coalesce(metric_id, metric) AS metric, sentence, span, count(*) OVER (PARTITION BY paper_id) AS claim_count
    FROM claims
    WHERE own
    QUALIFY row_number() OVER (
        PARTITION BY paper_id
        ORDER BY factor IS NULL, type NOT IN ('score', 'improvement', 'measurement'), confidence DESC, field, span_start, claim_id
    ) = 1
)
SELECT surest.*, papers.title, papers.published
FROM papers
JOIN surest ON surest.paper_id = papers.paper_id
WHERE papers.published IS NOT NULL
ORDER BY papers.published DESC, papers.title, papers.paper_id
LIMIT $row_limit
