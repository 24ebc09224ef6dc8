"""When a certificate runs out is what openssl says, of files that change, and of none that cannot be read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from models.service import certificates
from models.service.certificates import CertificateUnreadable, earliest, watch

DAY = 86400


@pytest.fixture(autouse=True)
def _nothing_shown() -> None:
    certificates.NOT_AFTER.clear()


def make(path: Path, until: str, *options: str) -> bytes:
    """A certificate that openssl makes, valid until YYYYMMDDHHMMSSZ."""
    key = path.with_suffix(".key")
    command = ["openssl", "req", "-new", "-nodes", "-subj", "/CN=someone/O=A name", "-keyout", str(key)]
    command += ["-newkey", *(options or ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))]
    request = subprocess.run(command, check=True, capture_output=True).stdout
    # `x509 -days` counts from now; only `ca` takes a date, and wants a folder of its own.
    folder = path.with_suffix(".ca")
    folder.mkdir()
    (folder / "index").touch()
    (folder / "config").write_text(
        f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
        "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\norganizationName=optional\n"
    )
    (folder / "request").write_bytes(request)
    command = ["openssl", "ca", "-batch", "-selfsign", "-config", str(folder / "config"), "-keyfile", str(key)]
    command += ["-startdate", "20200101000000Z", "-enddate", until, "-notext"]
    command += ["-in", str(folder / "request"), "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


def openssl_says(path: Path) -> float:
    command = ["openssl", "x509", "-enddate", "-noout", "-dateopt", "iso_8601", "-in", str(path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    from datetime import datetime

    return datetime.fromisoformat(text.removeprefix("notAfter=").replace(" ", "T", 1)).timestamp()


def shown(use: str) -> float | None:
    return REGISTRY.get_sample_value("ypsem_certificate_not_after_seconds", {"file": use})


@pytest.mark.parametrize("until", ["20491231235959Z", "20500101000000Z", "20270301123456Z", "20210101000000Z"])
@pytest.mark.parametrize("options", [(), ("rsa:2048",)], ids=["ec", "rsa"])
def test_the_day_is_the_one_that_openssl_tells(tmp_path: Path, until: str, options: tuple[str, ...]) -> None:
    pem = make(tmp_path / "one.pem", until, *options)
    assert earliest(pem) == openssl_says(tmp_path / "one.pem")


def test_of_a_chain_the_first_to_run_out_counts(tmp_path: Path) -> None:
    early = make(tmp_path / "early.pem", "20260301000000Z")
    late = make(tmp_path / "late.pem", "20300301000000Z")
    key = (tmp_path / "early.key").read_bytes()
    assert earliest(late + key + early) == earliest(early) < earliest(late)


def test_a_file_that_was_replaced_is_read_again_and_one_that_is_gone_shows_nought(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    first = make(tmp_path / "first.pem", "20260301000000Z")
    second = make(tmp_path / "second.pem", "20300301000000Z")
    path.write_bytes(first)
    watch({"kafka-ca": path, "kafka-client": None})
    assert shown("kafka-ca") == earliest(first)
    assert shown("kafka-client") is None
    renewed = tmp_path / "renewed.pem"
    renewed.write_bytes(second)
    renewed.replace(path)
    assert shown("kafka-ca") == earliest(second)
    path.unlink()
    assert shown("kafka-ca") == 0


@pytest.mark.parametrize("text", [b"", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", b"no PEM"])
def test_what_is_no_certificate_is_said_not_to_be_one(text: bytes) -> None:
    with pytest.raises(CertificateUnreadable):
        earliest(text)


def test_a_certificate_that_is_cut_off_or_spoilt_ends_in_our_own_error(tmp_path: Path) -> None:
    import ssl

    der = ssl.PEM_cert_to_DER_cert(make(tmp_path / "one.pem", "20300301000000Z").decode())
    whole = certificates.not_after(der)
    for length in range(len(der)):
        with pytest.raises(CertificateUnreadable):
            certificates.not_after(der[:length])
    for place in range(120):
        spoilt = bytearray(der)
        spoilt[place] ^= 0xFF
        try:
            certificates.not_after(bytes(spoilt))
        except CertificateUnreadable:
            continue
    assert certificates.not_after(der) == whole


def test_only_known_uses_can_be_a_label(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such use"):
        watch({str(tmp_path): tmp_path})
