"""Certificates of an authority that only one test trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    key: EllipticCurvePrivateKey
    signed: x509.Certificate

    def save(self, path: Path) -> str:
        """Certificate and key in one PEM file."""
        pem = serialization.Encoding.PEM
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        path.write_bytes(self.signed.public_bytes(pem) + self.key.private_bytes(pem, form, plain))
        return str(path)


def authority() -> Certificate:
    return _issue("authority.example", None)


def certificate(issuer: Certificate, host: str) -> Certificate:
    return _issue(host, issuer)


def _issue(name: str, issuer: Certificate | None) -> Certificate:
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    now = datetime.now(UTC)
    unsigned = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.signed.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(names, critical=False)
    )
    return Certificate(key, unsigned.sign(issuer.key if issuer else key, hashes.SHA256()))
