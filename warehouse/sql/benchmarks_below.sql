-- Benchmarks whose names go on where the wanted one ends (AIME: AIME 2024, AIME 2025), those of most papers first.
SELECT name
FROM name_years
WHERE kind = 'benchmark' AND starts_with(name_key, folded($wanted) || ' ')
GROUP BY name
ORDER BY sum(paper_count) DESC, name
LIMIT $row_limit
