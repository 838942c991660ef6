"""What a kernel writes past Python reaches nobody."""

from pathlib import Path

import nbformat
import papermill
import pytest

from evaluation.pipeline.kernels import PrivateKernelManager

LOUD = "import subprocess\nassert subprocess.run(['echo', 'kanarie']).returncode == 0\nprint('said')"


def test_what_a_library_writes_past_python_does_not_reach_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LOUD)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "loud.ipynb")
    done = papermill.execute_notebook(
        str(tmp_path / "loud.ipynb"),
        None,
        progress_bar=False,
        log_output=False,
        kernel_manager_class=PrivateKernelManager,
    )
    assert "said" in str(done.cells[-1].outputs)
    assert "kanarie" not in "".join(capfd.readouterr())
