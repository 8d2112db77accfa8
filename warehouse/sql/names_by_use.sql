-- The names of a kind, those of most papers first.
SELECT name
FROM name_years
WHERE kind = $kind
GROUP BY name
ORDER BY sum(paper_count) DESC, name
