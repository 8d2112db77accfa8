-- The leaderboard macros (those with a comment) and how they are called.
SELECT
    'leaderboard' AS kind,
    function_name || '(' || array_to_string(list_transform(parameters, lambda name: name || ' := …'), ', ') || ')' AS table_name,
    comment AS table_comment
FROM duckdb_functions()
WHERE NOT internal AND function_type = 'table_macro' AND comment IS NOT NULL
ORDER BY function_oid
