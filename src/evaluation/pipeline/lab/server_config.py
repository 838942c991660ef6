"""Settings of the server behind JupyterLab, read by Jupyter itself."""

import os
from typing import Any

config: Any = get_config()  # type: ignore[name-defined] # noqa: F821 - Jupyter provides it

# What JupyterLab writes to a chapter is what a run would have left there.
config.ServerApp.jpserver_extensions = {"evaluation.pipeline.lab.saving": True}
if os.name == "posix":
    # Kernels talk through socket files that only their owner can open, and not over ports of the machine.
    config.KernelManager.transport = "ipc"
# The packages are those of the lock, and a machine with a register asks nobody for newer ones.
config.LabApp.extension_manager = "readonly"
