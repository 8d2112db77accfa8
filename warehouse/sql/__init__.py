"""The statements of loading, one a file; ``batch`` is the frame at hand."""
