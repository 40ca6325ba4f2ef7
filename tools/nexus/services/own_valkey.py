"""A Valkey apart from the session's, to be killed and started again: what does the platform do meanwhile?"""

import subprocess
import tempfile

from nexus.ports import is_listening
from nexus.processes import free_port, wait_until
from nexus.services import engines


class OwnValkey:
    """It listens once it is made; its port stays the same over a kill and a start."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty. Raises ``TimeoutError``."""
        options = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            tempfile.gettempdir(),
        ]
        self.process = subprocess.Popen([str(engines.valkey_server()), *options], stdout=subprocess.DEVNULL)
        if not wait_until(lambda: is_listening(self.port), 30):
            raise TimeoutError("Valkey does not start")

    def kill(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
