"""Metrics of the HTTP intake; labels are HTTP status codes, never an agency."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from models.service import certificates

CERTIFICATE_NOT_AFTER = certificates.NOT_AFTER

REQUESTS = Counter("ypsem_gateway_requests_total", "Requests answered, by HTTP status.", ("code",))
IN_FLIGHT = Gauge("ypsem_gateway_in_flight_requests", "Requests being read, checked or waiting for the broker.")
REFUSED = Counter("ypsem_gateway_refused_total", "Events refused at the HTTP intake, by rule.", ("rule",))
WARNED = Counter(
    "ypsem_gateway_warned_total",
    "Events taken with a header or attribute that was dropped and looks like an identifier, by rule.",
    ("rule",),
)
CONFIRM_SECONDS = Histogram(
    "ypsem_gateway_confirm_seconds",
    "Time from handing a request's events to the broker to its confirmation of all of them.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
UNCONFIRMED = Counter("ypsem_gateway_unconfirmed_total", "Requests whose events the broker did not confirm.")
BODY_BYTES = Histogram(
    "ypsem_gateway_body_bytes", "Size of request bodies.", buckets=(1024, 16_384, 65_536, 1_048_576, 4_194_304)
)
DROPPED = Counter(
    "ypsem_gateway_dropped_connections_total", "Connections closed unanswered: no request came in time, or too many."
)
READY = Gauge("ypsem_gateway_ready", "1 while the broker can be reached and the process is not stopping.")
OUTBOX_PENDING = Gauge(
    "ypsem_gateway_outbox_pending_messages", "Inside one agency: messages the broker has not acknowledged."
)
