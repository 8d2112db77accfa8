"""The statements of the warehouse, one a file; ``batch`` is the frame at hand."""
