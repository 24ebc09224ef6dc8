"""The two services behind the HTTP intake: what each answers, does besides, and lets go of at the end."""

from __future__ import annotations

import asyncio

from starlette.routing import Route

from agencies.serve.central import Central
from agencies.serve.files import Files, Inside
from agencies.serve.front import Front
from agencies.serve.publisher import Publisher
from agencies.serve.register import CurrentRegister
from agencies.settings import KafkaSettings


class Service:
    """What differs between the two intakes."""

    kind = ""
    routes: list[Route]

    def ready(self) -> bool:
        """Whether requests can be taken; may block for a moment."""
        return True

    async def work(self) -> None:
        """What is done besides answering, until cancelled."""
        await asyncio.Event().wait()

    def close(self) -> None:
        """Let go of everything; may block."""


class CentralService(Service):
    """Straight to the broker; nothing is kept here."""

    kind = "central"

    def __init__(self, front: Front, register: CurrentRegister, bootstrap: str, settings: KafkaSettings) -> None:
        # A client waits meanwhile, and will send again.
        patience = {
            "connect_seconds": min(5, settings.connect_seconds),
            "delivery_seconds": min(15, settings.delivery_seconds),
        }
        self._publisher = Publisher(bootstrap, settings.model_copy(update=patience))
        self.routes = Central(front, register, self._publisher).routes()

    def ready(self) -> bool:
        return self._publisher.reachable()

    def close(self) -> None:
        self._publisher.close()


class AgencyService(Service):
    """Into the agency's outbox; ready even while the broker is away."""

    kind = "agency"

    def __init__(self, front: Front, inside: Inside) -> None:
        self._files = Files(front, inside)
        self.routes = self._files.routes()

    async def work(self) -> None:
        await self._files.deliver_forever()

    def close(self) -> None:
        self._files.close()
