"""The certificates, keys and kubeconfigs of a local cluster, made once by its own certificate authority."""

import base64
import datetime
import ipaddress
import json
import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.cluster.layout import Cluster
from workspace import files

LIFETIME = datetime.timedelta(days=3650)

CLIENTS = {
    "admin": ("causeway-admin", "system:masters"),
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "proxy": ("system:kube-proxy", ""),
    "kubelet": ("system:node:{node}", "system:nodes"),
    "kubelet-client": ("kube-apiserver-kubelet-client", "system:masters"),
}
"""File name -> (user, group) that the API server sees."""


def write_all(cluster: Cluster) -> None:
    """Write authority, keys, certificates and kubeconfigs that are not there yet (mode 600)."""
    cluster.certificates.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not cluster.encryption.exists():
        _write(cluster.encryption, json.dumps(encryption(secrets.token_bytes(32)), indent=1).encode())
    if (cluster.directory / "admin.kubeconfig").exists():
        return
    authority = Authority(cluster.certificates, "ca")
    addresses = [cluster.address, str(cluster.services[1]), "127.0.0.1"]
    names = ["localhost", "kubernetes", cluster.name, *(f"kubernetes.default{suffix}" for suffix in ("", ".svc", ".svc.cluster.local"))]
    authority.issue("apiserver", "kube-apiserver", addresses=addresses, names=names)
    authority.issue("kubelet-serving", f"system:node:{cluster.name}", "system:nodes", addresses=addresses, names=names)
    for file, (user, group) in CLIENTS.items():
        authority.issue(file, user.format(node=cluster.name), group)
    Authority(cluster.certificates, "front-proxy-ca").issue("front-proxy", "front-proxy-client")
    _write_key(cluster.certificates / "service-account.key", ec.generate_private_key(ec.SECP256R1()))
    for file in ("controller-manager", "scheduler", "proxy", "kubelet", "admin"):
        _write(cluster.directory / f"{file}.kubeconfig", json.dumps(kubeconfig(cluster, file), indent=1).encode())


def encryption(key: bytes) -> dict[str, object]:
    """What the API server encrypts before etcd gets it: every Secret, by `key`. It still reads one from before there was a key."""
    providers = [{"secretbox": {"keys": [{"name": "causeway", "secret": base64.b64encode(key).decode()}]}}, {"identity": {}}]
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{"resources": ["secrets"], "providers": providers}],
    }


def kubeconfig(cluster: Cluster, client: str) -> dict[str, object]:
    """A kubeconfig with one context, `causeway`, that needs no other file."""

    def embedded(file: str) -> str:
        return base64.b64encode((cluster.certificates / file).read_bytes()).decode()

    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "causeway",
        "clusters": [
            {
                "name": "causeway",
                "cluster": {"server": cluster.api, "certificate-authority-data": embedded("ca.crt")},
            }
        ],
        "users": [
            {
                "name": "causeway",
                "user": {
                    "client-certificate-data": embedded(f"{client}.crt"),
                    "client-key-data": embedded(f"{client}.key"),
                },
            }
        ],
        "contexts": [{"name": "causeway", "context": {"cluster": "causeway", "user": "causeway"}}],
    }


class Authority:
    """A certificate authority whose files lie in `folder` as `<name>.crt` and `<name>.key`."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"causeway-{name}")])
        builder = self._builder(self.subject, self.key.public_key())
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        _write(folder / f"{name}.crt", self.certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(folder / f"{name}.key", self.key)

    def issue(self, file: str, user: str, group: str = "", addresses: list[str] | None = None, names: list[str] | None = None) -> None:
        """Write `<file>.crt` and `<file>.key` for `user` in `group`, for serving too where addresses are given."""
        key = ec.generate_private_key(ec.SECP256R1())
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
        if group:
            parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
        builder = self._builder(x509.Name(parts), key.public_key())
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if addresses:
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
            alternatives: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(item)) for item in addresses]
            alternatives += [x509.DNSName(item) for item in names or []]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        _write(self.folder / f"{file}.crt", certificate.public_bytes(serialization.Encoding.PEM))
        _write_key(self.folder / f"{file}.key", key)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return x509.CertificateBuilder(
            issuer_name=self.subject,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(minutes=5),
            not_valid_after=now + LIFETIME,
        )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    _write(path, key.private_bytes(encoding, serialization.PrivateFormat.TraditionalOpenSSL, none))


def _write(path: Path, content: bytes) -> None:
    files.write(path, content)
