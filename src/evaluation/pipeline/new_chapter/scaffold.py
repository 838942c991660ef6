"""Makes the files of a new chapter, and puts all of them in place or none."""

from __future__ import annotations

import importlib.util
import keyword
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from evaluation.parameters import CHAPTERS, ParameterError
from evaluation.pipeline.new_chapter.registration import CATALOGUE, PACKAGE, entries, registered, translated
from evaluation.pipeline.project import NOTEBOOKS, ROOT

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TITLE = re.compile(r"[^\W\d_][^\d\"\\{}<>#\n]{1,39}")
DUTCH = {
    "From {since} up to and including {day}, {started} trajectories started. On that day, {running} were running.": (
        "Van {since} tot en met {day} begonnen er {started} trajecten. Op die dag liepen er {running}."
    ),
    "Trajectories started in the period, and running at its end": (
        "Trajecten die in de periode begonnen, en die aan het einde lopen"
    ),
    "Source: registry. Counts of a complete register have no sampling margin.": (
        "Bron: register. Tellingen van een volledig register hebben geen steekproefmarge."
    ),
    "Number of trajectories, {since} up to and including {day}": "Aantal trajecten, {since} tot en met {day}",
}


@dataclass(frozen=True)
class NewChapter:
    """A chapter to be made.

    Attributes
    ----------
    name
        A lower-case identifier, such as ``waiting_lists``; the notebook and the modules are called after it.
    title_nl, title_en
        Its name in the navigation of the report.
    """

    name: str
    title_nl: str
    title_en: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or keyword.iskeyword(self.name):
            raise ParameterError(f"chapter {self.name!r} must be a lower-case identifier such as waiting_lists")
        for title in (self.title_nl, self.title_en):
            if not TITLE.fullmatch(title):
                raise ParameterError(f"title {title!r} must be 2 to 40 characters without digits, quotes or markup")
        taken = [path for path in self.modules.values() if path.exists()]
        if self.name in CHAPTERS or taken:
            where = taken[0].relative_to(ROOT) if taken else f"chapter {self.name}"
            raise ParameterError(f"chapter {self.name!r}: {where} exists already; choose another name")

    @property
    def kind(self) -> str:
        """Beginning of the names of its classes."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def notebook(self) -> Path:
        """Its notebook, with the number after the last."""
        numbers = [int(path.name.partition("_")[0]) for path in NOTEBOOKS.glob("[0-9]*_*.ipynb")]
        return NOTEBOOKS / f"{max(numbers, default=0) + 1:02}_{self.name}.ipynb"

    @property
    def modules(self) -> dict[str, Path]:
        """Its modules and its test, by the name of their template."""
        file = f"{self.name}.py"
        return {
            "measure.py.j2": PACKAGE / "measures" / file,
            "protected.py.j2": PACKAGE / "disclosure" / "protected" / file,
            "presentation.py.j2": PACKAGE / "presentation" / file,
            "test.py.j2": ROOT / "tests" / "measures" / f"test_{file}",
        }

    def made_from(self, template: str) -> str:
        """Return a template with the names of this chapter in it."""
        loader = PackageLoader("evaluation.pipeline.new_chapter")
        environment = Environment(
            loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
        )
        words = self.title_en[:1].lower() + self.title_en[1:]
        return environment.get_template(template).render(
            name=self.name, kind=self.kind, title_nl=self.title_nl, title_en=self.title_en, words=words
        )


def make(chapter: NewChapter) -> list[Path]:
    """Make a chapter and run it, and return the files that are new or changed.

    Raises
    ------
    ParameterError
        When a module that lists chapters has changed so that the chapter cannot be entered, or when it does not run;
        then everything is as it was.
    """
    name = chapter.name
    measures = {f"{name}.started": "Trajectories started in the period", f"{name}.running": "Active trajectories"}
    found = entries(name, chapter.kind, chapter.title_en, chapter.made_from("parameters.py.j2"), measures)
    contents = registered(found)
    contents |= {path: chapter.made_from(template) for template, path in chapter.modules.items()}
    with tempfile.TemporaryDirectory(prefix="chapter-") as aside:
        catalogue = Path(aside) / CATALOGUE.name
        translated({**DUTCH, chapter.title_en: chapter.title_nl}, catalogue)
        contents[CATALOGUE] = catalogue.read_text(encoding="utf-8")
        notebook = chapter.notebook
        contents[notebook] = nbformat.writes(_notebook(chapter.made_from("notebook.txt.j2")))
        _put(contents, Path(aside), notebook)
    return sorted(contents)


def _put(contents: Mapping[Path, str], aside: Path, notebook: Path) -> None:
    """Write the files and run the notebook; when that fails, put back what was there."""
    before = {path: path.read_bytes() for path in contents if path.exists()}
    try:
        for path, content in contents.items():
            path.write_text(content, encoding="utf-8")
        _format([path for path in contents if path.suffix == ".py"])
        _execute(notebook, aside)
    except BaseException:
        for path in contents:
            if path in before:
                path.write_bytes(before[path])
            else:
                path.unlink(missing_ok=True)
        raise


def _notebook(text: str) -> nbformat.NotebookNode:
    """Turn a template with a line ``%% kind`` above each cell into a notebook."""
    cells = []
    for number, part in enumerate(text.split("%% ")[1:], start=1):
        kind, _newline, source = part.partition("\n")
        new = nbformat.v4.new_code_cell if kind in ("code", "parameters") else nbformat.v4.new_markdown_cell
        cell = new(source.strip(), id=f"cell-{number:02}")
        if kind != "code":
            cell.metadata["tags"] = [kind]
        cells.append(cell)
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _format(paths: list[Path]) -> None:
    """Sort and wrap what the names of the chapter made longer, where the formatter of the project is installed."""
    if importlib.util.find_spec("ruff"):
        for command in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
            subprocess.run([sys.executable, "-P", "-m", "ruff", *command, *map(str, paths)], cwd=ROOT, check=False)


def _execute(path: Path, aside: Path) -> None:
    """Run a notebook in place, in a kernel that nobody else can listen to."""
    notebook = nbformat.read(path, as_version=4)
    manager = AsyncKernelManager(kernel_name="python3")
    if sys.platform != "win32":
        manager.transport, manager.ip = "ipc", str(aside / "socket")
    client = NotebookClient(notebook, km=manager, resources={"metadata": {"path": str(ROOT)}}, record_timing=False)
    try:
        client.execute(cleanup_kc=True)
    except CellExecutionError as error:
        cause = " ".join(f"{error.ename}: {error.evalue}".split())
        raise ParameterError(f"{path.name} does not run, so nothing was made: {cause}") from None
    nbformat.write(notebook, path)
