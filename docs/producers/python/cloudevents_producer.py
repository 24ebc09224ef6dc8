"""The same three events with the official CloudEvents SDK, over Kafka and over HTTP, structured and binary. Synthetic.

KEYS=keys BOOTSTRAP=host:9094 python cloudevents_producer.py kafka structured|binary
KEYS=keys URL=https://host:8443/v1/events TOKEN_FILE=token python cloudevents_producer.py http structured|binary
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloudevents.core.bindings import http, kafka
from cloudevents.core.v1.event import CloudEvent
from ids import Ids
from producer import publish, steps


def cloud_event(whole: dict[str, Any]) -> CloudEvent:
    """The SDK's event; it takes `time` as a datetime."""
    attributes = {name: value for name, value in whole.items() if name != "data"}
    return CloudEvent(attributes | {"time": datetime.fromisoformat(whole["time"])}, whole["data"])


def post(message: http.HTTPMessage) -> None:
    """Send one request; raises `urllib.error.HTTPError` when it is refused."""
    token = Path(os.environ["TOKEN_FILE"]).read_text("ascii").strip()
    headers = dict(message.headers) | {"authorization": f"Bearer {token}"}
    request = urllib.request.Request(os.environ["URL"], message.body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(json.dumps({"status": answer.status}))


if __name__ == "__main__":
    transport, mode = sys.argv[1:]
    events = [cloud_event(one) for one in steps(Ids(Path(os.environ["KEYS"])), datetime.now(UTC))]
    if transport == "http":
        for event in events:
            post(http.to_binary_event(event) if mode == "binary" else http.to_structured_event(event))
    else:
        messages = [
            kafka.to_binary_event(event) if mode == "binary" else kafka.to_structured_event(event) for event in events
        ]
        publish([(message.value, list(message.headers.items())) for message in messages])
