"""Enters a new chapter in the modules that list chapters, their parameters, their titles and their measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from evaluation.parameters import ParameterError
from evaluation.pipeline.project import ROOT

PACKAGE = ROOT / "src" / "evaluation"
CATALOGUE = PACKAGE / "presentation" / "locale" / "nl" / "LC_MESSAGES" / "evaluation.po"


@dataclass(frozen=True)
class Entry:
    """Text to be put into a module.

    Attributes
    ----------
    path
        The module.
    begin
        Text after which the list begins; empty for the top of the file.
    end
        Text before which the entry goes: the first after `begin`.
    text
        The entry.
    """

    path: Path
    begin: str
    end: str
    text: str

    def entered(self, content: str) -> str:
        """Return the content of the module with the entry.

        Raises
        ------
        ParameterError
            When the module has changed so that its list is not found.
        """
        begin = content.find(self.begin)
        end = content.find(self.end, begin + len(self.begin)) if begin >= 0 else -1
        if end < 0:
            missing = self.begin if begin < 0 else self.end
            raise ParameterError(
                f"{self.path.relative_to(ROOT)}: {missing.strip()!r} is not there, so nothing was made; "
                f"the entry is meant to be {self.text.strip()!r}"
            )
        return content[:end] + self.text + content[end:]


def entries(name: str, kind: str, title: str, parameters: str, measures: Mapping[str, str]) -> list[Entry]:
    """Return the entries of a chapter.

    Parameters
    ----------
    name, title
        Of the chapter; the title in English.
    kind
        Beginning of the names of its classes.
    parameters
        Source of its class of parameters.
    measures
        Names of its measures by id, in English.
    """
    modules, protected = PACKAGE / "parameters.py", PACKAGE / "disclosure" / "protected" / "__init__.py"
    named = "".join(f'    "{identity}": N_("{label}"),\n' for identity, label in measures.items())
    return [
        Entry(modules, "", "CHAPTERS: Mapping[", parameters + "\n\n"),
        Entry(modules, "CHAPTERS: Mapping[", "    )\n}", f"        {kind}Parameters,\n"),
        Entry(PACKAGE / "presentation" / "navigation.py", "\nCHAPTERS = {", "}\n", f'    "{name}": N_("{title}"),\n'),
        Entry(PACKAGE / "presentation" / "labels.py", "\nMEASURES = {", "}\n", named),
        Entry(protected, "from evaluation.disclosure.protected import (", ")\n", f"    {name},\n"),
        Entry(protected, "__all__ = [", "]\n", f'    "{name}",\n'),
    ]


def registered(found: Sequence[Entry]) -> dict[Path, str]:
    """Return the content of each module with its entries; nothing is written."""
    contents: dict[Path, str] = {}
    for entry in found:
        content = contents.get(entry.path) or entry.path.read_text(encoding="utf-8")
        contents[entry.path] = entry.entered(content)
    return contents


def translated(messages: Mapping[str, str], target: Path) -> None:
    """Write the Dutch catalogue with further messages, in the form that ``make messages`` gives it.

    Parameters
    ----------
    messages
        Dutch by English.
    target
        Where it goes.

    Raises
    ------
    ParameterError
        When one of them is there already with another translation.
    """
    with CATALOGUE.open("rb") as read:
        catalogue = read_po(read, locale="nl")
    for english, dutch in messages.items():
        known = catalogue.get(english)
        if known and known.string and known.string != dutch:
            raise ParameterError(
                f"{english!r} is {known.string!r} in Dutch everywhere in the report and cannot be {dutch!r} too; "
                "choose another English title, or that Dutch one"
            )
        catalogue.add(english, dutch)
    with target.open("wb") as write:
        write_po(write, catalogue, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, no_location=True)
