"""A generated sentence: what a result says, in words a council member understands at first reading."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from evaluation.evidence import Evidence
from evaluation.presentation.language import Language
from evaluation.presentation.mark import SYNTHETIC, mark_html


@dataclass(frozen=True)
class Sentence:
    """One or a few sentences generated from one result.

    Attributes
    ----------
    text
        Plain text.
    evidence
        Weakest evidence behind it.
    """

    text: str
    evidence: Evidence
    language: Language

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.bundle()

    def bundle(self) -> dict[str, str]:
        """Return it as HTML for the notebook and as text for terminals."""
        return {"text/plain": self.marked_text(), "text/html": self.html()}

    def marked_text(self) -> str:
        """Plain text with the mark of its evidence, for terminals."""
        mark = self.language.translate(SYNTHETIC) if self.evidence is Evidence.SYNTHETIC else ""
        return f"[{mark}] {self.text}" if mark else self.text

    def html(self) -> str:
        """Paragraph with the mark of its evidence."""
        return f'<p class="finding">{mark_html(self.evidence, self.language)}{escape(self.text)}</p>'
