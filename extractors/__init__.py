"""Text in, claims out: one spaCy pipeline of registered components, with its rules and word lists as data beside it.

Knows nothing of files that users bring, of databases or of Prefect.
"""
