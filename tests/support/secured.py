"""A real Kafka whose clients need TLS and a login, administered by certificate and by our own commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.brokers.apache import ApacheKafka
from demo.rundir import ROOT
from streams.access.certificates import ADMIN_USER, BROKER_USER, make
from streams.access.passwords import Passwords


def properties(folder: Path) -> dict[str, str]:
    """Broker settings, as docs/running.md and the compose file have them; certificates are made in `folder`."""
    make(folder, ["127.0.0.1"], 30)
    return {
        "listener.security.protocol.map": "CLIENTS:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "listener.name.internal.ssl.client.auth": "required",
        "listener.name.controller.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.clients.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:{ADMIN_USER};User:{BROKER_USER}",
    }


@dataclass(frozen=True)
class Secured:
    """A running cluster, and where its certificates and passwords are."""

    cluster: ApacheKafka
    certificates: Path
    passwords: Path

    @property
    def ca(self) -> str:
        """Path of the CA's certificate."""
        return str(self.certificates / "ca.pem")

    def admin(self) -> dict[str, str]:
        """The administrator's environment: another listener, and a certificate instead of a login."""
        return {
            "YPSEM_BOOTSTRAP": self.cluster.internal,
            "YPSEM_KAFKA_SECURITY_PROTOCOL": "SSL",
            "YPSEM_KAFKA_SSL_CAFILE": self.ca,
            "YPSEM_KAFKA_SSL_CERTFILE": str(self.certificates / "admin.pem"),
            "YPSEM_KAFKA_SSL_KEYFILE": str(self.certificates / "admin.key"),
            "YPSEM_ACCESS_PASSWORDS": str(self.passwords),
        }

    def login(self, user: str) -> dict[str, str]:
        """The environment of one of our processes."""
        return {
            "YPSEM_BOOTSTRAP": self.cluster.bootstrap,
            "YPSEM_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "YPSEM_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "YPSEM_KAFKA_SASL_USERNAME": user,
            "YPSEM_KAFKA_SASL_PASSWORD_FILE": str(Passwords(self.passwords).path(user)),
            "YPSEM_KAFKA_SSL_CAFILE": self.ca,
        }

    def client(self, user: str) -> dict[str, str]:
        """kafka-python's arguments for the same."""
        return {
            "bootstrap_servers": self.cluster.bootstrap,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": user,
            "sasl_plain_password": Passwords(self.passwords).read(user),
            "ssl_cafile": self.ca,
        }


def run(environment: Mapping[str, str], *module: str) -> subprocess.CompletedProcess[str]:
    """`python -m …` to its end, with no setting of ours but these."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("YPSEM_")}
    return subprocess.run(
        [sys.executable, "-m", *module], cwd=ROOT, env=own | dict(environment), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
