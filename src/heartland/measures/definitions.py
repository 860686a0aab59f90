"""What each measure computes, in words; the exact rules stand with its function."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DEFINITIONS"]

DEFINITIONS: Mapping[str, str] = {
    "alignment.a": "S less the S expected if the two chose their levels independently",
    "alignment.agreement":
        "mean over roll calls of 1 for the same vote, 1/2 where one abstains, 0 for opposite votes; "
        "absences and unanimous roll calls are left out",
    "alignment.ideal_distance": "absolute difference of the two published ideal points, one release only",
    "alignment.kappa":
        "1 less observed over expected disagreement; expected from each one's own levels; disagreement is "
        "the squared distance of levels",
    "alignment.kappa_nominal": "as alignment.kappa, with all different levels equally far apart",
    "alignment.pi":
        "1 less observed over expected disagreement; expected from the mean of both one's levels; "
        "disagreement is the squared distance of levels",
    "alignment.pi_nominal": "as alignment.pi, with all different levels equally far apart",
    "alignment.s": "1 less twice the mean distance of levels, as a part of the range of the scale",
    "alignment.tau_b":
        "pairs of items ordered alike less pairs ordered oppositely, over the geometric mean of the pairs "
        "each one does not tie",
    "balance.frustration":
        "1 less twice the least number of ties that fit no split in two camps, over all ties",
    "balance.triangles": "part of the triangles whose three signs multiply to plus",
    "balance.walk":
        "closed walks counted with their sign over all closed walks; a walk of length k weighs 1/k!",
    "bandwidth": "weighted mean of the scores of a giver's ties, then of its domains",
    "capability.cinc":
        "mean of an actor's shares in the world's military spending, personnel, iron and steel, energy, "
        "population and urban population, over those known for it",
    "capability.sdp": "output less 3 dollars (2011, purchasing power) a head and day, at least 0",
    "capability.sdp_ln": "natural logarithm of capability.sdp",
    "centrality.betweenness":
        "part of the shortest paths between two others that run through the actor; a tie is as long as 1 "
        "over its weight",
    "centrality.constraint":
        "sum over contacts of the square of the part of the actor's ties that goes to them, by way of other "
        "contacts included",
    "centrality.eigenvector":
        "leading eigenvector of the network, of length 1; ties count by the centrality of those they come "
        "from",
    "centrality.pagerank":
        "part of the time a walk spends at the actor that follows ties from receivers to givers and starts "
        "anew with probability .15",
    "centrality.participation":
        "1 less the sum of squared parts the domains have in the actor's ties, over its largest value",
    "concentration.effective_number": "1 over the sum of squared shares of the partners",
    "concentration.entropy": "sum over partners of share times log2 of 1 over the share",
    "concentration.hhi": "the sum of squared shares of the partners",
    "concentration.hirschman": "100 times the root of the sum of squared shares of the partners",
    "concentration.normalised":
        "the sum of squared shares of the partners less 1/n, over 1 less 1/n, for n possible partners",
    "concentration.top_share": "share of the largest partner",
    "dependence": "weighted mean of the giver's parts in what the receiver relies on, then of the domains",
    "division_of_labour":
        "entropy of the mean of two profiles less the mean of their entropies, log2; a profile is a power's "
        "strength by domain as shares, over the domains known for both powers",
    "division_of_labour.bandwidth": "as division_of_labour, from bandwidth alone",
    "division_of_labour.general":
        "the same for three or more powers, weighted by their levels, over its largest value",
    "division_of_labour.leader": "probability that the stronger power of the domain is the stronger one",
    "division_of_labour.level": "sum of both powers' strengths over the domains known for both powers",
    "division_of_labour.null95":
        "95 % point of the division if both had the pooled profile and their own noise",
    "division_of_labour.overlap":
        "sum of the lesser of the two profiles' shares over the domains known for both powers",
    "division_of_labour.role_share": "the giver's strength in a domain over the sum of both powers'",
    "encroachment":
        "mean change of the newcomer's share from t0 to t1 over the domains the giver surely led at t0, "
        "weighted by its strength there",
    "encroachment.loss":
        "mean change of the giver's own share from t0 to t1 over the domains the giver surely led at t0, "
        "weighted by its strength there",
    "encroachment.others":
        "part of encroachment that comes from changes of all others, mean of the two orders",
    "encroachment.own_growth":
        "part of encroachment that comes from the newcomer's growth, mean of the two orders",
    "exclusion.closure": "density of ties inside the order less density from outsiders, over their sum",
    "exclusion.gap": "1 less the outsiders' observed over their expected share",
    "gravity.expectation":
        "share of the receiver's trade that size, distance, border, language, past rule and agreements "
        "would give the giver, fitted without the region's receivers",
    "hedging.balance": "1 less the difference of two powers' strengths over their sum",
    "hedging.effective_number": "1 over the sum of squared shares of the powers' strengths",
    "hedging.entropy_number": "exponential of the entropy of the shares of the powers' strengths",
    "hedging.level": "sum of two powers' strengths",
    "hedging.reaction": "effective number at t1 less effective number at t0",
    "hedging.spread":
        "mean divergence of the domains' mixes of powers from their mean, over its largest value",
    "influence": "bandwidth times dependence",
    "influence.lead": "part of the draws in which the first giver has more influence, ties counted half",
    "influence.rank": "place of the giver by influence; the interval over the draws",
    "influence.rank_shift": "mean distance of a giver's rank in a draw from its central rank",
    "leverage.asymmetric_vulnerability":
        "the receiver's exit cost and sale exposure to the giver, less the giver's to the receiver",
    "leverage.debt.creditor_share": "debt to the giver over all external debt",
    "leverage.debt.service": "payments due to the giver in the year over exports",
    "leverage.debt.stock": "debt to the giver over income",
    "leverage.exit_cost":
        "1 less the product over goods of (1 less the giver's share of use) to the power of spending on the "
        "good over (elasticity less 1)",
    "leverage.log_vulnerability":
        "logarithm of the receiver's loss over the giver's, each exit cost plus sale exposure",
    "leverage.remittances": "remittances from the giver over income",
    "leverage.sale_exposure": "sales to the giver over income, less what could be sold elsewhere",
    "leverage.supplier_concentration":
        "the sum of squared shares of the other suppliers if the giver ends supply",
    "leverage.suppliers_left": "named suppliers that are left if the giver ends supply",
    "quality.age": "weighted mean time between the end of the observed periods and the date",
    "quality.coverage": "weight of the known inputs over the declared weight",
    "quality.disagreement":
        "largest less smallest figure of independent sources over the largest, weighted mean",
    "route.bottleneck":
        "largest over transit states of the share through it times what its closure leaves unserved or "
        "makes dearer",
    "route.effective_number": "1 over the sum of squared shares of the routes",
    "route.extra_cost": "added cost of what is moved after a closure over the cost before",
    "route.hhi": "sum of squared shares of the routes",
    "route.min_cut": "least number of transit states whose closure leaves no route",
    "route.through": "share of the volume on routes that cross the state",
    "route.unserved": "share of the volume that finds no open route after a closure",
}
