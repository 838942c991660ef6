"""A generated sentence: what a result says, in words a council member understands at first reading."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from evaluation.evidence import Evidence
from evaluation.presentation.language import Language
from evaluation.presentation.mark import mark_html, mark_short


@dataclass(frozen=True)
class Sentence:
    """One or a few sentences generated from one result.

    Attributes
    ----------
    text
        Plain text.
    evidence
        Weakest evidence behind it.
    assumed
        Whether it is called synthetic for its assumptions, and not for an invented registry.
    """

    text: str
    evidence: Evidence
    language: Language
    assumed: bool = False

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.bundle()

    def bundle(self) -> dict[str, str]:
        """Return it as HTML for the notebook and as text for terminals."""
        return {"text/plain": self.marked_text(), "text/html": self.html()}

    def marked_text(self) -> str:
        """Plain text with the mark of its evidence, for terminals."""
        mark = mark_short(self.evidence, self.language, assumed=self.assumed)
        return f"[{mark}] {self.text}" if mark else self.text

    def html(self) -> str:
        """Paragraph with the mark of its evidence."""
        mark = mark_html(self.evidence, self.language, assumed=self.assumed)
        return f'<p class="finding">{mark}{escape(self.text)}</p>'
