"""What was delivered, by receiver: the newest few, kept in memory."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 500
"""Deliveries kept of each receiver; an idle platform sends one a minute to its dead-man's switch."""


@dataclass(frozen=True)
class Delivery:
    """One notification: to whom, when (seconds since 1970), and what Alertmanager sent."""

    receiver: str
    received: float
    notification: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"receiver": self.receiver, "received": self.received, **self.notification}


@dataclass
class Deliveries:
    """Deliveries by receiver; safe to use from several threads."""

    receivers: dict[str, deque[Delivery]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, receiver: str, notification: dict[str, Any]) -> None:
        with self.lock:
            kept = self.receivers.setdefault(receiver, deque(maxlen=KEPT))
            kept.append(Delivery(receiver, time.time(), notification))

    def of(self, receiver: str | None = None) -> list[Delivery]:
        """The deliveries of one receiver, or of all, the oldest first."""
        with self.lock:
            wanted = [receiver] if receiver else list(self.receivers)
            found = [delivery for name in wanted for delivery in self.receivers.get(name, ())]
        return sorted(found, key=lambda delivery: delivery.received)
