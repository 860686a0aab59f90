"""The small language of search queries: words, "phrases", word* and -word; nothing else has a meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from heartland.errors import HeartlandInputError

__all__ = ["MOST_TERMS", "Term", "asked_for", "expression", "read_query", "stem"]

MOST_TERMS = 32
LONGEST = 1000
# words that make a question of a query and say nothing about what is asked
_FRAME = frozenset((
    "a", "an", "and", "are", "be", "can", "cannot", "could", "did", "do", "does", "for", "from", "has",
    "have", "how", "if", "in", "is", "it", "its", "many", "much", "of", "or", "that", "the", "their",
    "to", "was", "were", "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with",
    "would",
))  # fmt: skip
_TERM = re.compile(r'(-?)(?:"([^"]*)(?:"(\*?)|$)|([^\s"]+))')


@dataclass(frozen=True)
class Term:
    """One term of a query.

    text : as typed, without its marks;  prefix : any ending will do;  negative : must not occur
    quoted : typed in quotes, so that only the word as it stands will do
    """

    text: str
    prefix: bool = False
    negative: bool = False
    quoted: bool = field(default=False, compare=False)

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
        terms.append(Term(" ".join(text.split()), prefix, bool(minus), bool(phrase)))
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


def asked_for(terms: Sequence[Term], query: str) -> list[Term]:
    """Terms of a query without the words that only make a question of it; all of them where it is none.

    A query is a question where it ends in a question mark. Quoted words, beginnings, unwanted words and words
    in capitals (WHO) stay, and so does everything where nothing else would be left.
    """
    if not query.rstrip().endswith("?"):
        return list(terms)
    kept = [term for term in terms if not _framing(term)]
    return kept if any(not term.negative for term in kept) else list(terms)


def _framing(term: Term) -> bool:
    plain = not (term.quoted or term.prefix or term.negative)
    shouted = len(term.text) > 1 and term.text.isupper()
    return plain and not shouted and " ".join(term.words) in _FRAME


def expression(
    terms: Sequence[Term], joined_by: str, forms: Callable[[Term], Sequence[str]] = lambda term: ()
) -> str:
    """Terms in the syntax of FTS5, each quoted, so that no part of a query can act as an operator.

    joined_by : AND or OR;  forms : other words that stand for a term as well
    """
    return f" {joined_by} ".join(
        f"({' OR '.join([_quoted(term.text, term.prefix), *map(_quoted, forms(term))])})" for term in terms
    )


def _quoted(text: str, prefix: bool = False) -> str:
    inner = text.replace('"', '""')
    return f'"{inner}"{"*" if prefix else ""}'


def stem(word: str) -> str:
    """What the plain forms of an English word share: no plural, no -ing, no -ed; short words stay."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    elif word.endswith("ing") and len(word) > 6:
        word = word[:-3]
    elif word.endswith("ed") and len(word) > 5:
        word = word[:-2]
    return word.removesuffix("e")


def _counts(sign: str) -> bool:
    """Whether a character is part of a word of the index: letters, numbers, private use."""
    return unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "Co"


def _surrogate(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"
