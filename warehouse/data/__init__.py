"""What is known of metrics, benchmarks and units: the reference tables as files (see warehouse/reference.py)."""
