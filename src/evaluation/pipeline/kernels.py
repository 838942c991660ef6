"""Kernels of a run: nobody else can listen to them, and where the system can fork they start warm."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from evaluation.pipeline.server import SINGLE_THREADED, ServerError, warm_server

KERNEL = "evaluation.pipeline.kernel_app"
"""Module that is the kernel, in place of the one that a kernel specification names."""

WARM = "evaluation-warm"
"""Name of the entry point by which jupyter_client finds `WarmProvisioner`."""


class PrivateKernelManager(AsyncKernelManager):
    """Talks to its kernel through a socket file of the user, where the system has those, and not over TCP.

    A TCP port can be read by any other process of the machine, and notebooks may show what is personal. What the user
    set for IPython and matplotlib, and has run at the start of every session, is not the kernel's: nothing that a
    chapter is made from may differ unseen.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        # A folder of its own that only its owner can enter; removed with the manager.
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
        if os.name == "posix":
            self.transport, self.ip = "ipc", str(Path(self._folder.name) / "socket")
            self.connection_file = str(Path(self._folder.name) / "connection.json")

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernel that the notebook names, started warm where that can be."""
        spec = super().kernel_spec
        if spec:
            spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": WARM}}
        return spec

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        # What a library writes past Python, such as the notes of a solver, belongs neither on the screen nor in a log.
        command, started = await super()._async_pre_start_kernel(**options)
        command = [KERNEL if part == "ipykernel_launcher" else part for part in command]
        command = [*command, "--log-level=CRITICAL"]  # its own words on being ended are none of the reader's
        command.append("--HistoryManager.enabled=False")  # nobody looks back in the session of a run
        plain = {"IPYTHONDIR": str(Path(self._folder.name) / "ipython"), "MATPLOTLIBRC": os.devnull}
        environment = {**started["env"], **SINGLE_THREADED, **plain}
        environment.pop("PYTHONSTARTUP", None)
        return command, {**started, "stdout": subprocess.DEVNULL, "env": environment}


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a server that imported everything, or as usual where there is no such server."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel for the connection that was prepared."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        try:
            process: Any = warm_server().fork_kernel(cmd, kwargs["env"], folder)
        except ServerError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.cwd = process, folder
        self.pid = self.pgid = process.pid
        return self.connection_info
