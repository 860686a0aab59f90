"""The small language of search queries: words, "phrases", word* and -word; nothing else has a meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from heartland.errors import HeartlandInputError

__all__ = ["MOST_TERMS", "Term", "expression", "read_query"]

MOST_TERMS = 32
LONGEST = 1000
_TERM = re.compile(r'(-?)(?:"([^"]*)(?:"(\*?)|$)|([^\s"]+))')


@dataclass(frozen=True)
class Term:
    """One term of a query.

    text : as typed, without its marks;  prefix : any ending will do;  negative : must not occur
    """

    text: str
    prefix: bool = False
    negative: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, folded as the index folds them."""
        folded = unicodedata.normalize("NFD", self.text.casefold())
        plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
        return tuple("".join(sign if _counts(sign) else " " for sign in plain).split())

    @property
    def shown(self) -> str:
        """As it would be typed."""
        text = f'"{self.text}"' if " " in self.text else self.text
        return f"{'-' if self.negative else ''}{text}{'*' if self.prefix else ''}"


def read_query(query: str) -> list[Term]:
    """Terms of a query; marks without a word are ignored, an open quote ends with the query.

    Raises
    ------
    HeartlandInputError
        No word in it, or more than it may hold.
    """
    clean = "".join(sign if sign.isprintable() and not _surrogate(sign) else " " for sign in query)
    terms = []
    for minus, phrase, closing_star, word in _TERM.findall(clean):
        text, prefix = (phrase, bool(closing_star)) if phrase else (word, word.endswith("*"))
        text = text.strip("*") if word else text
        if not any(_counts(sign) for sign in text):
            continue
        terms.append(Term(" ".join(text.split()), prefix, bool(minus)))
    if not terms:
        raise HeartlandInputError.at(
            "there is no word to search for.",
            check="search-query",
            why="Marks and spaces are not indexed.",
            fix='Write words, "a phrase", word* for any ending, or -word to leave records out.',
        )
    if len(terms) > MOST_TERMS or len(clean) > LONGEST:
        raise HeartlandInputError.at(
            f"the query has {len(terms)} terms and {len(clean)} characters.",
            check="search-query",
            why="Every term must occur, so a long query finds nothing.",
            fix=f"Keep it to {MOST_TERMS} terms and {LONGEST:,} characters.",
        )
    return terms


def expression(terms: Sequence[Term], joined_by: str) -> str:
    """Terms in the syntax of FTS5, each quoted, so that no part of a query can act as an operator."""
    return joined_by.join(_quoted(term) for term in terms)


def _quoted(term: Term) -> str:
    text = term.text.replace('"', '""')
    return f'"{text}"{"*" if term.prefix else ""}'


def _counts(sign: str) -> bool:
    """Whether a character is part of a word of the index: letters, numbers, private use."""
    return unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Co"


def _surrogate(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"
