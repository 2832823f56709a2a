"""`python -m alert_sink`: serve on port 8080 until told to stop."""

import signal
import threading
from typing import Any

from .server import serve

PORT = 8080


def main() -> None:
    """Serve; SIGTERM lets the answers under way end."""
    server = serve(PORT)

    def stop(*_: Any) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()


if __name__ == "__main__":
    main()
