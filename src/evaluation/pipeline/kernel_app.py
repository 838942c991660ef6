"""The kernel of a run and of the desk: that of ipykernel, without its port for the output of forked subprocesses.

Beside the sockets that a connection file names, ipykernel listens on a TCP port of this machine to what its forks
print. Here that is a socket file next to the others, which only their owner can open.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any
from unittest.mock import patch

import zmq
from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread
from zmq.eventloop.zmqstream import ZMQStream

LINGER_MS = 3000  # as ipykernel waits before it gives up a message of a fork


class SocketFileThread(IOPubThread):
    """Sends output on, and hears that of forks through a socket file.

    Parameters
    ----------
    address
        ``ipc://`` and the path of the file.
    """

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        self._address = address
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        socket = self.socket.context.socket(zmq.PULL)
        socket.linger = 0
        socket.bind(self._address)
        self._pipe_in = ZMQStream(socket, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[zmq.Context[Any], zmq.Socket[Any]]:
        context: zmq.Context[Any] = zmq.Context()  # a fork may not use that of its parent
        socket = context.socket(zmq.PUSH)
        socket.linger = LINGER_MS
        socket.connect(self._address)
        return context, socket


class PrivateKernelApp(kernelapp.IPKernelApp):
    """A kernel that, where it talks through socket files, listens on no port at all."""

    def init_iopub(self, context: Any) -> None:
        """Set up the channel of output."""
        if self.transport != "ipc":
            super().init_iopub(context)  # type: ignore[no-untyped-call]
            return
        thread = partial(SocketFileThread, address=f"ipc://{self.ip}-forks")
        with patch.object(kernelapp, "IOPubThread", thread):
            super().init_iopub(context)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    PrivateKernelApp.launch_instance()
