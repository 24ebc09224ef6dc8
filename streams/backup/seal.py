"""Encrypts to a certificate and opens with its key: CMS with AES-256-GCM (RFC 5652, 5083, 5084), by openssl.

The machine that backs up holds no secret: only the certificate. Nothing unencrypted touches a disk.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from models.service.atomic import whole
from streams.errors import StreamsError


class SealError(StreamsError):
    """It could not be encrypted or opened; the message has no part of what is in it."""


def seal(parts: Iterable[bytes], to: Path, certificate: Path) -> None:
    """Write an encrypted file, mode 0600, whole or not at all; raises `SealError` or `NotWritten`."""
    command = [_openssl(), "cms", "-encrypt", "-binary", "-stream", "-aes-256-gcm", "-outform", "DER"]
    command += ["-recip", str(certificate), *_wrapping(certificate)]
    with whole(to) as file:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.DEVNULL)
        try:
            with gzip.GzipFile(fileobj=process.stdin, mode="wb", mtime=0) as packed:
                for part in parts:
                    packed.write(part)
            _close(process)
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdin is not None and not process.stdin.closed:
                # What is still in the buffer finds nobody, and that must not hide what went wrong.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
        if process.wait() != 0:
            # It does not say which; a disk that is full has no room for these either, and that is told as what it is.
            file.write(bytes(64 * 1024))
            file.flush()
            raise SealError("openssl could not encrypt: is that a certificate with an RSA or EC key?")


def unseal(path: Path, certificate: Path, key: Path) -> Iterator[bytes]:
    """The lines of a sealed file. Raises `SealError` before the first one if the file was altered or is another's.

    It is opened twice: GCM tells only at the end whether anything was altered, and nothing may be used before.
    """
    command = [_openssl(), "cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(path)]
    command += ["-recip", str(certificate), "-inkey", str(key)]
    check = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if check.returncode != 0:
        raise SealError("the backup cannot be opened: it was altered or cut short, or it is for another key")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        with gzip.GzipFile(fileobj=process.stdout, mode="rb") as packed:
            yield from packed


def _wrapping(certificate: Path) -> list[str]:
    """How the file's key is wrapped for a certificate: the defaults of `openssl cms` are PKCS#1 v1.5, and SHA-1.

    OAEP with SHA-256 for an RSA key (RFC 3560), a derivation with SHA-256 for an EC key (RFC 5753). Which it was stands
    in the file, so older ones are opened as before.
    """
    try:
        key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    except (OSError, ValueError):
        return []  # openssl says what is wrong with it
    if isinstance(key, rsa.RSAPublicKey):
        options = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
    elif isinstance(key, ec.EllipticCurvePublicKey):
        options = ["ecdh_kdf_md:sha256"]
    else:
        options = []
    return [part for option in options for part in ("-keyopt", option)]


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        raise SealError("openssl is not on PATH")
    return found
