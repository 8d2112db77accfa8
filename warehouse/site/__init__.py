"""The static site: leaderboards, papers with their claims marked, and plots, in a folder that needs no server.

:mod:`~warehouse.site.building` writes it; :mod:`~warehouse.site.boards` makes tables of leaderboards,
:mod:`~warehouse.site.papers` the page of a paper, :mod:`~warehouse.site.plots` the geometry of the plots,
:mod:`~warehouse.site.pages` HTML of it all. Look and behaviour are in ``assets``, markup in ``templates``.
"""

from warehouse.site.building import write_site

__all__ = ["write_site"]
