"""The pages' metrics. Labels are an HTTP status, a closed code or a certificate's use, never a person or a board."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from models.service import certificates

CERTIFICATE_NOT_AFTER = certificates.NOT_AFTER

REQUESTS = Counter("ypsem_web_requests_total", "Requests answered, by status.", ["code"])
SECONDS = Histogram(
    "ypsem_web_request_duration_seconds",
    "Time to answer a request.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
NEWEST_RELEASE = Gauge("ypsem_web_newest_release_timestamp_seconds", "When the newest release was stored, Unix time.")
RELEASE_WINDOW = Gauge(
    "ypsem_web_release_window_seconds",
    "Length of the shortest of the newest windows, which is about how often releases come.",
)
SIGN_INS = Counter("ypsem_web_sign_ins_total", "Sign-ins begun at the provider, by what became of them.", ["outcome"])
BACK_CHANNEL = Counter(
    "ypsem_web_provider_sign_outs_total", "Messages of the provider that a session ended, by outcome.", ["outcome"]
)
TOKENS = Counter("ypsem_web_tokens_total", "Requests with a service account's token, by outcome.", ["outcome"])
for _outcome in ("accepted", "refused"):
    TOKENS.labels(_outcome)
LIMITED = Counter("ypsem_web_limited_total", "Requests refused because they came too often, by limit.", ["outcome"])
for _limit in ("pages", "files", "strangers"):
    LIMITED.labels(_limit)
OVERDUE_ACTIONS = Gauge("ypsem_web_overdue_actions", "Actions that are open and past their due date, all boards.")
