-- Every table and view with its columns and what they mean.
SELECT tables.name AS table_name, tables.comment AS table_comment, columns.column_name, columns.data_type, columns.comment
FROM (
    SELECT table_oid AS oid, table_name AS name, comment, 1 AS part FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT view_oid, view_name, comment, 2 FROM duckdb_views() WHERE NOT internal
) AS tables
JOIN duckdb_columns() AS columns ON columns.table_oid = tables.oid AND columns.table_name = tables.name
ORDER BY tables.part, tables.name, columns.column_index
