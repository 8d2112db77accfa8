"""``python -m extractors.annotations``: see :mod:`extractors.annotations`."""

from extractors.annotations import main

main()
