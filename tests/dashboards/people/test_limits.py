"""How often somebody may ask: buckets that fill with time, and whose address a request comes from."""

from __future__ import annotations

import threading

import pytest
from starlette.requests import Request

from dashboards.people.limits import MINUTES, Buckets, Limits, RateLimit, Rates, address_of


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_what_it_holds_and_fills_again() -> None:
    clock = Clock()
    bucket = Buckets(30, clock)
    assert [bucket.take("a") for _ in range(30 * MINUTES)] == [0] * 60
    assert bucket.take("a") == 2, "seconds until the next one"
    assert bucket.take("b") == 0, "others have their own"
    clock.now += 1
    assert bucket.take("a") == 1
    clock.now += 1
    assert (bucket.take("a"), bucket.take("a")) == (0, 2)
    clock.now += 10_000
    assert [bucket.take("a") for _ in range(60)] == [0] * 60, "it holds no more than it did"
    assert bucket.take("a") > 0


def test_whoever_waits_as_told_is_served() -> None:
    """Asking while one waits costs nothing: a page that is loaded again does not make the wait longer."""
    clock = Clock()
    bucket = Buckets(7, clock)
    for _ in range(7 * MINUTES):
        bucket.take("a")
    for _ in range(20):
        wait = bucket.take("a")
        assert bucket.take("a") == wait
        clock.now += wait
        assert bucket.take("a") == 0


def test_no_more_are_remembered_than_fit_and_the_silent_ones_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.people.limits.MOST_KEPT", 3)
    bucket = Buckets(1, Clock())
    for key in ("a", "b", "c", "a", "d"):
        bucket.take(key)
    assert len(bucket) == 3
    assert (bucket.take("a"), bucket.take("b")) == (60, 0), "a is still known, b is not"


def test_it_counts_right_with_many_threads() -> None:
    bucket = Buckets(100, Clock())
    given: list[int] = []
    threads = [threading.Thread(target=lambda: given.extend(bucket.take("a") for _ in range(50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given.count(0) == 200


def test_files_count_as_pages_too_and_pages_not_as_files() -> None:
    limits = Limits(Rates(pages=3, files=1), Clock())
    assert [limits.person("a", costly=True) for _ in range(3)] == [
        (RateLimit.FILES, 0),
        (RateLimit.FILES, 0),
        (RateLimit.FILES, 60),
    ]
    assert [limits.person("a", costly=False)[1] for _ in range(4)] == [0, 0, 0, 20]
    assert limits.person("a", costly=True) == (RateLimit.PAGES, 20)


def request(peer: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    return Request({"type": "http", "headers": headers, "client": (peer, 1234) if peer is not None else None})


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", ("203.0.113.9",), "192.0.2.1"),
        (1, "127.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        (1, "127.0.0.1", ("10.0.0.1, 203.0.113.9",), "203.0.113.9"),
        (1, "127.0.0.1", ("10.0.0.1", "203.0.113.9"), "203.0.113.9"),
        (2, "127.0.0.1", ("10.0.0.1, 203.0.113.9, 198.51.100.7",), "203.0.113.9"),
        (1, "127.0.0.1", (), "127.0.0.1"),
        (2, "127.0.0.1", ("203.0.113.9",), "127.0.0.1"),
        (1, "127.0.0.1", ("203.0.113.9:4711",), "203.0.113.9"),
        (1, "127.0.0.1", ("[2001:db8::1]",), "2001:db8::/64"),
        (0, "2001:db8:0:0:ffff::9", (), "2001:db8::/64"),
        (0, "fe80::1%eth0", (), "fe80::/64"),
        (0, "::ffff:203.0.113.9", (), "203.0.113.9"),
        (1, "127.0.0.1", ("nonsense",), "no address"),
        (1, "127.0.0.1", ("",), "no address"),
        (0, "testclient", (), "no address"),
        (0, None, (), "no address"),
    ],
)
def test_whose_address_it_is(proxies: int, peer: str | None, forwarded: tuple[str, ...], address: str) -> None:
    assert address_of(request(peer, *forwarded), proxies) == address
