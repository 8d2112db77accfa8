-- All identifiers of the papers that bear one of those asked for, in the order in which they came.
SELECT scheme, value, paper_id
FROM identifiers
WHERE paper_id IN (
    SELECT identifiers.paper_id
    FROM identifiers
    JOIN batch ON identifiers.scheme = batch.scheme AND identifiers.value = batch.value
)
ORDER BY identifiers.rowid
