"""A broker with TLS is asked who it is: its password and the calls go to nobody else."""

import ssl
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from kombu.exceptions import OperationalError

from plugin.ready import broker
from tests.webhooks.cast import settings
from workers.app import make_celery

PONG = b"+OK\r\n" * 9


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only its own maker vouches for, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    files = tmp_path / "redis.crt", tmp_path / "redis.key"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@pytest.fixture
def stranger(certificate):
    """Something with that certificate where Redis should be; what it was told, and its port."""
    told: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = create_server(("127.0.0.1", 0))
    server.settimeout(10)

    def listens() -> None:
        while True:
            try:
                line, _ = server.accept()
                with closing(context.wrap_socket(line, server_side=True)) as talk:
                    talk.settimeout(2)
                    told.append(talk.recv(4096))
                    talk.sendall(PONG)
            except ssl.SSLError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=listens, daemon=True)
    thread.start()
    yield told, server.getsockname()[1]
    server.shutdown(SHUT_RDWR)  # whoever listens hears of it
    server.close()
    thread.join(5)


def calls(url: str) -> None:
    """Connect as whoever rings the bell does."""
    celery = make_celery(settings("sqlite:///unused.db", redis_url=url))
    with celery.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
        connection.default_channel.client.ping()


def test_a_stranger_in_the_brokers_place_hears_no_password(stranger):
    told, port = stranger
    with pytest.raises(OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        calls(f"rediss://:the-password@127.0.0.1:{port}/0")
    assert told == []
    assert broker.findings(f"rediss://:the-password@127.0.0.1:{port}/0") == broker.SILENT


@pytest.mark.parametrize("how", ["ssl_ca_certs={certificate}", "ssl_cert_reqs=none"])
def test_a_broker_whom_the_operator_vouches_for_is_told(stranger, certificate, how):
    told, port = stranger
    how = how.format(certificate=certificate[0])
    with suppress(OperationalError):  # it is no Redis
        calls(f"rediss://:the-password@127.0.0.1:{port}/0?{how}")
    assert any(b"the-password" in words for words in told)
