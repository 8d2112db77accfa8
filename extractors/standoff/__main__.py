"""``python -m extractors.standoff``: see :mod:`extractors.standoff`."""

from extractors.standoff import main

main()
