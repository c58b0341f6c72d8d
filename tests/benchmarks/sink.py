"""A compiled mail server that takes everything: smtp-sink of Postfix (`apt-get install postfix`)."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def a_sink() -> Iterator[int]:
    """Run one on a free port of loopback."""
    program = shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")
    assert program, "smtp-sink is not there: apt-get install postfix"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    running = subprocess.Popen([program, *as_nobody, f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(100):
            with socket.socket() as wire:
                if wire.connect_ex(("127.0.0.1", port)) == 0:
                    break
            Event().wait(0.05)
        yield port
    finally:
        running.terminate()
        running.wait()
