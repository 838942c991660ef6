"""What a kernel writes past Python reaches nobody, what its user set does not reach it, and it listens on no port."""

import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest

from evaluation.pipeline import server
from evaluation.pipeline.kernels import PrivateKernelManager

LOUD = "import subprocess\nassert subprocess.run(['echo', 'kanarie']).returncode == 0\nprint('said')"
OWN = """
import matplotlib
assert matplotlib.rcParams["lines.linewidth"] == matplotlib.rcParamsDefault["lines.linewidth"]
assert not {"of_ipython", "of_python"} & set(globals())
"""

ALONE = """
import os, pathlib, sys
tables = [pathlib.Path("/proc/net", name).read_text() for name in ("tcp", "tcp6")]
rows = [line.split() for table in tables for line in table.splitlines()[1:]]
listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
own = {os.readlink(path) for path in pathlib.Path("/proc/self/fd").iterdir() if path.is_symlink()}
assert not listening & own
if not (child := os.fork()):
    print("said by a fork")
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
"""


def execute(code: str, folder: Path) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "one.ipynb")
    return papermill.execute_notebook(
        str(folder / "one.ipynb"),
        None,
        progress_bar=False,
        log_output=False,
        kernel_manager_class=PrivateKernelManager,
    )


def test_what_a_library_writes_past_python_does_not_reach_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done = execute(LOUD, tmp_path)
    assert "said" in str(done.cells[-1].outputs)
    assert "kanarie" not in "".join(capfd.readouterr())


@pytest.fixture(params=["warm", "cold"])
def started(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server of its own, or none where a system cannot fork."""
    monkeypatch.setattr(server, "_server", None)
    if request.param == "cold":
        monkeypatch.setattr(server, "CAN_FORK", False)
    yield
    server.end_server()


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who set something for every session."""
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "own.py").write_text("of_ipython = 1")
    (tmp_path / "own.py").write_text("of_python = 1")
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "own.py"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))


@pytest.mark.slow
@pytest.mark.usefixtures("own_settings", "started")
def test_what_a_user_set_for_every_session_does_not_reach_a_kernel_of_a_run(tmp_path: Path) -> None:
    execute(OWN, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.usefixtures("started")
def test_a_kernel_of_a_run_listens_on_no_port_and_hears_its_forks(tmp_path: Path) -> None:
    assert "said by a fork" in str(execute(ALONE, tmp_path).cells[-1].outputs)
