"""The numbered SQL files that make the database what it is, applied in order, each in one transaction."""
