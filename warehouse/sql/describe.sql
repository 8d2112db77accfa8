-- Every table, view and leaderboard macro, with its columns and what they mean. A view's column means what the
-- column of the same name in a table means, unless it says otherwise itself.
WITH relations AS (
    SELECT 1 AS part, 'table' AS kind, table_oid AS oid, table_name AS name, comment
    FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT 2, 'view', view_oid, view_name, comment FROM duckdb_views() WHERE NOT internal
), columns AS (
    SELECT table_oid AS oid, table_name AS name, column_index, column_name, data_type, comment
    FROM duckdb_columns() WHERE NOT internal
), meanings AS (
    SELECT columns.column_name, arg_min(columns.comment, array_position(['claims', 'papers', 'links'], columns.name)) AS comment
    FROM columns
    WHERE columns.name IN ('claims', 'papers', 'links')
    GROUP BY columns.column_name
)
SELECT
    relations.kind, relations.name AS table_name, relations.comment AS table_comment,
    columns.column_name, columns.data_type, coalesce(columns.comment, meanings.comment) AS comment
FROM relations
JOIN columns ON columns.oid = relations.oid AND columns.name = relations.name
LEFT JOIN meanings ON meanings.column_name = columns.column_name
ORDER BY relations.part, relations.name, columns.column_index
