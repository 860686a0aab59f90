"""Works behind the measures: how a citation names them, and the ids they have in a region's sources."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["METHODS", "WORKS", "cited"]

# A work as citations of the registry name it -> its id in sources.csv.
WORKS: Mapping[str, str] = {
    "Anders, Fariss & Markowitz 2020": "anders-2020",
    "Aref & Wilson 2019": "aref-wilson-2019",
    "Arkolakis, Costinot & Rodriguez-Clare 2012": "arkolakis-2012",
    "Aumann & Shapley 1974": "aumann-shapley-1974",
    "Bailey, Strezhnev & Voeten 2017": "bailey-2017",
    "Battiston, Nicosia & Latora 2014": "battiston-2014",
    "Benati & Capurri 2026": "benati-capurri-2026",
    "Bonacich 1972": "bonacich-1972",
    "Burt 1992": "burt-1992",
    "Cartwright & Harary 1956": "cartwright-harary-1956",
    "Clayton, Maggiori & Schreger 2024": "clayton-2024",
    "Cohen 1960": "cohen-1960",
    "Cohen 1968": "cohen-1968",
    "Correia 2016": "correia-2016",
    "Correia, Guimaraes & Zylkin 2020": "correia-2020",
    "DerSimonian & Laird 1986": "dersimonian-laird-1986",
    "Estrada & Benzi 2014": "estrada-benzi-2014",
    "Freeman 1977": "freeman-1977",
    "Gaure 2013": "gaure-2013",
    "Haege 2011": "haege-2011",
    "Halperin 1962": "halperin-1962",
    "Herfindahl 1950": "herfindahl-1950",
    "Hirschman 1945": "hirschman-1945",
    "Horn, Reinhart & Trebesch 2019": "horn-2019",
    "Kendall 1945": "kendall-1945",
    "Keohane & Nye 1977": "keohane-nye-1977",
    "Krackhardt & Stern 1988": "krackhardt-stern-1988",
    "Kuik 2008": "kuik-2008",
    "Laakso & Taagepera 1979": "laakso-taagepera-1979",
    "Lijphart 1963": "lijphart-1963",
    "Lim & Cooper 2015": "lim-cooper-2015",
    "Lin 1991": "lin-1991",
    "Manski 2003": "manski-2003",
    "Moyer et al. 2018": "moyer-2018",
    "Moyer et al. 2021": "moyer-2021",
    "OECD & Joint Research Centre 2008": "oecd-jrc-2008",
    "Page, Brin, Motwani & Winograd 1999": "page-1999",
    "Rubin 1981": "rubin-1981",
    "Saisana, Saltelli & Tarantola 2005": "saisana-2005",
    "Santos Silva & Tenreyro 2006": "santos-silva-2006",
    "Santos Silva & Tenreyro 2010": "santos-silva-2010",
    "Scott 1955": "scott-1955",
    "Shannon 1948": "shannon-1948",
    "Shapley 1953": "shapley-1953",
    "Signorino & Ritter 1999": "signorino-ritter-1999",
    "Singer, Bremer & Stuckey 1972": "singer-1972",
    "Spearman 1904": "spearman-1904",
    "Theil 1967": "theil-1967",
    "Yotov et al. 2016": "yotov-2016",
}
# What several measures share -> the works it follows.
METHODS: Mapping[str, str] = {
    "Weights and structure of an index are drawn, not fixed":
        "OECD & Joint Research Centre 2008; Saisana, Saltelli & Tarantola 2005",
    "Ends for unknown inputs with `--missing bounds`": "Manski 2003",
    "Several sources of one flow are pooled with a variance between sources": "DerSimonian & Laird 1986",
    "Items of a portfolio and roll calls are weighted by a Bayesian bootstrap": "Rubin 1981",
    "A change is split by the midpoint rule, or along the path between the two dates":
        "Shapley 1953; Aumann & Shapley 1974",
    "Expected trade is fitted by Poisson pseudo-likelihood, zeros kept, separated rows dropped":
        "Santos Silva & Tenreyro 2006; Santos Silva & Tenreyro 2010; Correia, Guimaraes & Zylkin 2020",
    "Its fixed effects are swept out by alternating projections": "Halperin 1962; Gaure 2013; Correia 2016",
    "A published index is compared by rank": "Spearman 1904",
}


def cited(text: str) -> tuple[str, ...]:
    """Ids of the works a citation names, in its order.

    Examples
    --------
    >>> cited("ours; effective number: Laakso & Taagepera 1979")
    ('laakso-taagepera-1979',)
    """
    found = ((text.find(name), work) for name, work in WORKS.items())
    return tuple(work for place, work in sorted(found) if place >= 0)
