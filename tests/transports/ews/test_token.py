from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reminders.clock import real_clock
from tests.transports.ews_builders import ACCEPTED, LATER, OTHER_KEY, REJECTED, TRANSPORT, Fence, a_way, seen, send
from tests.transports.ews_server import HANG, RESET, Http


@pytest.fixture
def way(authority):
    """Sign in as an application, by its secret; the login server is the same."""

    def opened(script=None, tokens=("token-1", "token-2"), **changes):
        server = {"auth": "Bearer", "tls": authority.server_context("127.0.0.1"), "tokens": list(tokens)}
        application = {"client_id": "app", "tenant": "westberks.example", "client_secret": "s3cret"}
        return _Way(script, server, {"auth": "oauth", "ca_file": authority.file} | application | changes)

    return opened


class _Way:
    """`a_way` whose transport knows where the login server is only once that has started."""

    def __init__(self, script, server, changes):
        self._way = a_way(script, server=server, **changes)

    def __enter__(self):
        server, transport = self._way.__enter__()
        transport._settings = replace(transport._settings, authority=server.url.partition("/EWS/")[0])
        return server, transport

    def __exit__(self, *what):
        return self._way.__exit__(*what)


def test_an_application_signs_in_by_its_secret(way):
    with way() as (server, transport):
        outcomes = [send(transport), send(transport, key=OTHER_KEY)]

    assert [outcome.verdict for outcome in outcomes] == [ACCEPTED, ACCEPTED]
    [proof] = server.proofs
    assert (proof["client_secret"], proof["scope"]) == ("s3cret", "https://127.0.0.1/.default")


@pytest.fixture
def certificate(tmp_path):
    """A file as the application's administrator makes it: RSA, self-signed, key first."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reminders")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(real_clock()).not_valid_after(real_clock() + timedelta(days=1))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "application.pem"
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


def test_an_application_signs_in_by_its_certificate(way, certificate):
    with way(client_secret=None, certificate=certificate) as (server, transport):
        outcome = send(transport)

    [proof] = server.proofs
    assert (outcome.verdict, "client_secret" in proof) == (ACCEPTED, False)
    assert proof["client_assertion"].count(".") == 2


def test_a_token_that_is_refused_is_renewed_once(way):
    with way(tokens=["lapsed", "token-1"]) as (server, transport):
        outcome = send(transport)

    assert (outcome.verdict, server.refused, server.posts) == (ACCEPTED, 1, ["CreateItem"])
    assert server.connections == 2  # one to the login server


def test_a_fresh_token_that_is_refused_stops_the_run(way):
    with way(tokens=["lapsed", "lapsed too"]) as (server, transport):
        outcome = send(transport)

    assert (seen(outcome), server.refused, server.posts) == ((REJECTED, TRANSPORT, "HTTP 401"), 2, [])


@pytest.mark.parametrize(
    ("body", "verdict", "code"),
    [
        (
            b'{"error": "invalid_client", "error_description": "AADSTS7000222: expired, evans"}',
            REJECTED,
            "AADSTS7000222",
        ),
        (b'{"error": "unauthorized_client", "error_description": "no"}', REJECTED, "login"),
        (b'{"error": "invalid_grant", "error_description": "AADSTS1: no"}', REJECTED, "AADSTS1"),
        (b'{"error": "temporarily_unavailable"}', LATER, "temporarily_unavailable"),
    ],
    ids=["secret", "application", "other", "passing"],
)
def test_a_token_that_is_not_given_is_told_apart(way, body, verdict, code):
    fence = Fence()
    with way({"token": [Http(400, {"Content-Type": "application/json"}, body)]}) as (server, transport):
        outcome = send(transport, fence=fence)

    assert (seen(outcome), server.posts, fence.asked) == ((verdict, TRANSPORT, code), [], 0)
    assert "evans" not in outcome.detail


@pytest.mark.parametrize(
    ("fault", "code"),
    [(RESET, "reset"), (HANG, "timeout"), (Http(503), "login-server")],
    ids=["reset", "hang", "503"],
)
@pytest.mark.parametrize("operation", ["discovery", "token"])
def test_a_login_server_that_fails_is_later(way, operation, fault, code):
    with way({operation: [fault]}, timeout=0.7) as (server, transport):
        outcome = send(transport)

    assert (seen(outcome), server.posts) == ((LATER, TRANSPORT, code), [])


@pytest.mark.parametrize("answer", [Http(404), Http(200)], ids=["no such tenant", "no JSON"])
def test_a_tenant_that_is_none_stops_the_run(way, answer):
    with way({"discovery": [answer]}) as (_, transport):
        outcome = send(transport)

    assert seen(outcome) == (REJECTED, TRANSPORT, "login")
    assert outcome.detail == "the login server's answer is none for this tenant; see mail.ews.tenant"


def test_a_certificate_file_that_is_none_is_named(way, tmp_path):
    only_text = tmp_path / "app.pem"
    only_text.write_text("hello")
    with way(certificate=only_text) as (_, transport), way(certificate=tmp_path / "gone.pem") as (_, other):
        outcomes = [send(transport), send(other)]

    assert [seen(outcome) for outcome in outcomes] == [(REJECTED, TRANSPORT, "certificate")] * 2
    assert outcomes[0].detail.endswith("app.pem cannot be used: it must hold a private key and its certificate in PEM")
    assert outcomes[1].detail.endswith("gone.pem cannot be used: No such file or directory")


def test_an_application_acts_for_the_mailbox(way):
    with way() as (server, transport):
        transport.absent(["m.evans@westberks.example"])
        send(transport)

    assert server.impersonated == ["reminders@westberks.example"] * 2
