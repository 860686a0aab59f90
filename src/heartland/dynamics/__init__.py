"""Pure mechanisms of the dynamics: arrays in, increments and events out."""

MODULES = (
    "exogenous", "trade", "migration", "finance", "distress", "projects", "growth", "unrest", "publics",
    "powers", "security", "alliances", "organisations", "proposals", "alignment", "pandemic", "information",
    "aid", "digital",
    "statecraft", "leverage", "engagement", "basing",
    "backing", "border", "choice", "corridors", "frontier", "spillover",
    "energy", "arms",
)
