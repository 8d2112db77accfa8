-- The one table that migrations themselves need.
CREATE TABLE schema_migrations (version INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
COMMENT ON TABLE schema_migrations IS 'The migrations that made this database';
COMMENT ON COLUMN schema_migrations.version IS 'Number of the migration, from 1';
COMMENT ON COLUMN schema_migrations.name IS 'Name of its SQL file';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it was applied, UTC';
