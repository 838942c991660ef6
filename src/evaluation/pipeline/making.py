"""What a chapter or a report was made from, as hashes of content, and in what that differs from now."""

from __future__ import annotations

import hashlib
import json
import platform
import sysconfig
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluation.parameters import Parameters
from evaluation.pipeline.project import ROOT


@dataclass(frozen=True)
class Making:
    """What something was made from.

    Attributes
    ----------
    notebook
        Hash of the source of its cells; what a cell showed does not count. Empty for a report.
    parameters
        Values of its parameters, apart from where it writes.
    code, data
        Hash by file: the modules of the project that it imports, and whatever else of the project, or of a registry
        outside it, it opened.
    environment
        Python and every installed package, as name and version.
    """

    notebook: str
    parameters: Mapping[str, Any]
    code: Mapping[str, str]
    data: Mapping[str, str]
    environment: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Making:
        """Return what `as_json` gave."""
        return Making(**{**content, "environment": tuple(content["environment"])})

    def digests(self) -> dict[str, Any]:
        """As one hash for each kind, with the data by file; of a registry outside the project, its folder and file."""
        return {
            "notebook": self.notebook,
            "code": digest(self.code),
            "data": {_told(name): value for name, value in self.data.items()},
            "environment": digest(self.environment),
        }


class Files:
    """Hashes of the files of the project as they are now, each computed once."""

    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}

    def sha256(self, name: str) -> str | None:
        """Hash of a file, or None when there is none."""
        if name not in self._known:
            try:
                self._known[name] = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
            except OSError:
                self._known[name] = None
        return self._known[name]

    def hashes(self, names: Iterable[str]) -> dict[str, str]:
        """Hashes of the files among these that exist."""
        found = {name: self.sha256(name) for name in sorted(names)}
        return {name: value for name, value in found.items() if value is not None}


def differences(made: Making, notebook: str, parameters: Mapping[str, Any], files: Files) -> list[str]:
    """Say in what the present differs from what something was made from; nothing when it would come out the same.

    Parameters
    ----------
    made
        What it was made from.
    notebook, parameters
        As they are now.
    files
        Of the project, now.

    Returns
    -------
    list of str
        One reason each.
    """
    reasons = []
    if made.notebook != notebook:
        reasons.append("the notebook changed")
    for name in sorted({*made.parameters, *parameters}):
        before, now = made.parameters.get(name), parameters.get(name)
        if before == now:
            continue
        if isinstance(before, Mapping) and isinstance(now, Mapping):  # hashes by name, which say nothing to a reader
            changed = [own for own in sorted({*before, *now}) if before.get(own) != now.get(own)]
            reasons.append(f"{name} changed: {_some(changed)}")
        else:
            reasons.append(f"parameter {name} was {before} and is {now}")
    for kind, hashes in (("code", made.code), ("data", made.data)):
        changed = [name for name, before in hashes.items() if files.sha256(name) != before]
        if changed:
            reasons.append(f"{kind} changed: {_some(changed)}")
    if made.environment != environment():
        changed = sorted({*made.environment} ^ {*environment()})
        reasons.append(f"the environment changed: {_some(changed)}")
    return reasons


def parameter_values(parameters: Parameters) -> dict[str, Any]:
    """Parameters as plain values, apart from where a chapter writes."""
    return parameters.model_dump(mode="json", exclude={"output_folder"})


def notebook_digest(path: Path) -> str:
    """Hash of what a notebook does: the kind, tags and source of its cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return digest([cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])] for cell in cells)


def notebook_code(path: Path) -> list[str]:
    """Source of the code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@cache
def environment() -> tuple[str, ...]:
    """Python, the machine's architecture and every installed package, as name and version."""
    packages = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    here = (f"python-{platform.python_version()}", platform.machine())
    return (*here, *sorted(path.name.removesuffix(".dist-info") for path in packages))


def digest(content: Any) -> str:
    """Hash of plain values."""
    values = content if isinstance(content, Mapping) else list(content)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _told(name: str) -> str:
    """Name of a file without what may tell who ran this, and where."""
    path = Path(name)
    return f"{path.parent.name}/{path.name}" if path.is_absolute() else name


def _some(names: Collection[str], most: int = 3) -> str:
    """A few names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return f"{', '.join(listed[:most])}{more}"
