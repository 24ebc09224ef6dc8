"""Keys, trace headers and ids as clients and tracing libraries make them: random, and nobody's identifier.

Each kind is a function from a seeded random source and a running number to one value, in the form its library writes.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
NANOID = BASE62 + "_-"
START_MS = 1_714_557_600_000
"""May 2024: where the time in time-ordered ids begins; they run on from here."""

Make = Callable[[random.Random, int], str]


def _hex(rng: random.Random, digits: int) -> str:
    return f"{rng.getrandbits(4 * digits):0{digits}x}"


def _dashed(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _in_base(number: int, alphabet: str, width: int) -> str:
    found = ""
    for _ in range(width):
        number, digit = divmod(number, len(alphabet))
        found = alphabet[digit] + found
    return found


def _ms(rng: random.Random, number: int) -> int:
    return START_MS + number * 97 + rng.randrange(97)


def uuid4(rng: random.Random, _: int) -> str:
    digits = _hex(rng, 32)
    return _dashed(f"{digits[:12]}4{digits[13:16]}{rng.choice('89ab')}{digits[17:]}")


def uuid7(rng: random.Random, number: int) -> str:
    return _dashed(f"{_ms(rng, number):012x}7{_hex(rng, 3)}{rng.choice('89ab')}{_hex(rng, 15)}")


def ulid(rng: random.Random, number: int) -> str:
    return _in_base(_ms(rng, number) << 80 | rng.getrandbits(80), CROCKFORD, 26)


def ksuid(rng: random.Random, number: int) -> str:
    return _in_base((_ms(rng, number) // 1000 - 1_400_000_000) << 128 | rng.getrandbits(128), BASE62, 27)


def nanoid(rng: random.Random, _: int) -> str:
    return "".join(rng.choices(NANOID, k=21))


def sha1_hex(rng: random.Random, _: int) -> str:
    return _hex(rng, 40)


def sha256_hex(rng: random.Random, _: int) -> str:
    return _hex(rng, 64)


def sha256_base64url(rng: random.Random, _: int) -> str:
    return base64.urlsafe_b64encode(rng.randbytes(32)).rstrip(b"=").decode()


def sha256_base64(rng: random.Random, _: int) -> str:
    return base64.b64encode(rng.randbytes(32)).decode()


def b3_single(rng: random.Random, _: int) -> str:
    parent = f"-{_hex(rng, 16)}" if rng.random() < 0.5 else ""
    return f"{_hex(rng, rng.choice((16, 32)))}-{_hex(rng, 16)}-{rng.choice('01d')}{parent}"


def b3_multi(rng: random.Random, _: int) -> str:
    return _hex(rng, rng.choice((16, 32)))


def traceparent(rng: random.Random, _: int) -> str:
    return f"00-{_hex(rng, 32)}-{_hex(rng, 16)}-0{rng.randrange(2)}"


def tracestate(rng: random.Random, number: int) -> str:
    vendors = (
        f"dd=s:{rng.randrange(3)};o:rum;p:{_hex(rng, 16)};t.dm:-{rng.randrange(9)}",
        f"{rng.getrandbits(20)}@nr=0-0-{rng.randrange(99)}-{rng.getrandbits(22)}-{_hex(rng, 16)}-{_hex(rng, 16)}-1-"
        f"{rng.random():.6f}-{_ms(rng, number)}",
        f"es=s:{rng.random():.4g}",
        f"rojo={_hex(rng, 16)}",
        f"congo={''.join(rng.choices(BASE62, k=rng.choice((8, 10, 12))))}",
        f"ot=th:{_hex(rng, 14)};rv:{_hex(rng, 14)}",
        f"{_hex(rng, 8)}-{_hex(rng, 8)}@dt=fw4;0;{_hex(rng, 8)};0;0;0;0;{_hex(rng, 4)};2h01;3h{_hex(rng, 8)}",
    )
    return rng.choice((",", ", ")).join(rng.sample(vendors, rng.randrange(1, 4)))


def datadog(rng: random.Random, _: int) -> str:
    return str(rng.getrandbits(rng.choice((63, 64))))


def jaeger(rng: random.Random, _: int) -> str:
    trace = rng.getrandbits(rng.choice((64, 128)))
    return f"{trace:x}:{rng.getrandbits(64):x}:{rng.choice((0, rng.getrandbits(64))):x}:{rng.randrange(4)}"


def snowflake(rng: random.Random, number: int) -> str:
    return str((_ms(rng, number) - 1_288_834_974_657) << 22 | rng.getrandbits(22))


def object_id(rng: random.Random, number: int) -> str:
    return f"{_ms(rng, number) // 1000:08x}{_hex(rng, 10)}{number & 0xFFFFFF:06x}"


def sequential(_: random.Random, number: int) -> str:
    return str(number)


def from_a_million(_: random.Random, number: int) -> str:
    return str(1_000_000 + number)


def epoch_seconds(rng: random.Random, number: int) -> str:
    return str(_ms(rng, number * 10) // 1000)


def epoch_milliseconds(rng: random.Random, number: int) -> str:
    return str(_ms(rng, number))


KINDS: tuple[Make, ...] = (
    uuid4, uuid7, ulid, ksuid, nanoid, sha1_hex, sha256_hex, sha256_base64url, sha256_base64, b3_single, b3_multi,
    traceparent, tracestate, datadog, jaeger, snowflake, object_id, sequential, from_a_million, epoch_seconds,
    epoch_milliseconds,
)  # fmt: skip
