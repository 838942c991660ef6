"""Text of one language that stands in an edition of the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from bs4 import BeautifulSoup, NavigableString, Tag

_SKIPPED = {"script", "style", "code", "pre", "kbd", "samp"}
# Small words of one language that are no word of the other: “of”, “is” and “was” are words of both.
_DUTCH = "de het een van met niet zijn wordt naar voor door ook maar bij geen deze dat die wie wat en"
_ENGLISH = "the and with not are were for by but from has have that which who than this these to"
_WORDS = {"nl": frozenset(_DUTCH.split()), "en": frozenset(_ENGLISH.split())}
# Not the parts of a path.
_WORD = re.compile(r"(?<![\w/.])[a-zà-ÿ]+(?![\w/.]\w)", re.IGNORECASE)
FEWEST = 4  # words in a text that is judged by its language
"""A name such as “Open House” is no sentence."""


def segments(page: BeautifulSoup | Tag, language: str) -> Iterator[str]:
    """Yield the texts of a page in its own language: what is marked as of another one, and code, is left out."""
    for text in page.find_all(string=True):
        if type(text) is NavigableString and text.strip() and _is_own(text, language):
            yield " ".join(text.split())
    for tag in page.find_all(True):
        if _is_own(tag, language):
            yield from (" ".join(str(tag[name]).split()) for name in ("alt", "title", "aria-label") if tag.get(name))


def _is_own(part: NavigableString | Tag, language: str) -> bool:
    around = [part, *part.parents] if isinstance(part, Tag) else list(part.parents)
    if any(tag.name in _SKIPPED for tag in around):
        return False
    named = next((str(tag["lang"]) for tag in around if tag.get("lang")), language)
    return named.startswith(language)


def untranslated(texts: Iterable[str], foreign: Collection[str]) -> Iterator[str]:
    """Yield the texts that are a message of the other language as it stands."""
    yield from dict.fromkeys(text for text in texts if text in foreign)


def foreign(texts: Iterable[str], language: str) -> Iterator[str]:
    """Yield the texts that read as the other language: more of its small words than of their own."""
    own, other = _WORDS[language], _WORDS["en" if language == "nl" else "nl"]
    for text in dict.fromkeys(texts):
        for sentence in re.split(r"(?<=[.;:?!])\s+", text):
            words = [word.casefold() for word in _WORD.findall(sentence)]
            if len(words) >= FEWEST and _count(words, other) > _count(words, own):
                yield sentence


def _count(words: Iterable[str], known: Collection[str]) -> int:
    return sum(word in known for word in words)
