"""`python -m dashboard_viewer`: serve on Grafana's port until told to stop."""

import signal
import threading
from typing import Any

from .server import serve
from .settings import Settings

PORT = 3000


def main() -> None:
    """Serve; SIGTERM lets the answers under way end."""
    server = serve(Settings.load(), PORT)

    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()


if __name__ == "__main__":
    main()
