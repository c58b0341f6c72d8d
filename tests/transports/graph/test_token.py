"""Signing in: a secret or a certificate, one token for many mails, and what to mend when it is refused."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reminders.clock import real_clock
from reminders.transports.graph.token import _BY_NUMBER, roles_in
from tests.transports.graph_builders import ACCEPTED, LATER, REJECTED, TRANSPORT, a_way, once, seen, send
from tests.transports.graph_cloud import Answer, refused


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    """A file with the application's own key and certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reminders")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2015, 1, 1, tzinfo=UTC))
        .not_valid_after(real_clock() + timedelta(days=20))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("proof") / "application.pem"
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()) + certificate.public_bytes(pem))
    return file


def test_many_mails_take_one_token(authority):
    with a_way(authority) as (server, transport):
        for _ in range(3):
            send(transport)

    assert server.asked.count("token") == 1


def test_a_closed_transport_keeps_its_token(authority):
    with a_way(authority) as (server, transport):
        send(transport)
        transport.close()
        send(transport)

    assert (server.asked.count("token"), server.connections) == (1, 2)


@pytest.mark.parametrize("rights", [{"send", "write"}, {"send"}], ids=["draft", "directly"])
def test_a_token_that_is_not_taken_any_more_is_renewed_once(authority, rights):
    with a_way(authority, rights=rights) as (server, transport):
        send(transport)
        server.cloud.tokens.clear()
        outcome = send(transport)

    assert (outcome.verdict, len(server.cloud.left), server.asked.count("token")) == (ACCEPTED, 2, 2)


@pytest.mark.parametrize("step", ["draft", "send"])
def test_a_fresh_token_that_is_not_taken_stops_the_run(authority, step):
    outcome, server = once(authority, {step: Answer(401)})

    assert seen(outcome) == (REJECTED, TRANSPORT, "401")
    assert (server.asked.count("token"), server.asked.count(step)) == (2, 2)
    assert server.cloud.left == []


def test_a_certificate_signs_in_without_any_secret(authority, proof):
    outcome, server = once(authority, client_secret=None, certificate_file=proof)

    head, claims = (decoded(part) for part in server.cloud.assertions[0].split(".")[:2])
    assert (outcome.verdict, head["alg"]) == (ACCEPTED, "PS256")
    assert (claims["iss"], claims["aud"]) == ("1b2c-app", f"{server.url}/westberks.example/oauth2/v2.0/token")


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=="))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), ("no PEM", "no private key"), ("key alone", "no private key")],
)
def test_a_certificate_file_that_is_none_is_named(authority, tmp_path, proof, content, reason):
    file = tmp_path / "bad.pem"
    if content is not None:
        file.write_text(proof.read_text().partition("-----BEGIN CERT")[0] if content == "key alone" else content)
    outcome, server = once(authority, client_secret=None, certificate_file=file)

    assert seen(outcome) == (REJECTED, TRANSPORT, "certificate-file")
    assert (str(file) in outcome.detail, reason in outcome.detail, server.asked) == (True, True, [])


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (refused("invalid_client", 7000215, 401), "AADSTS7000215", "its value, not its id"),
        (refused("invalid_client", 7000222, 401), "AADSTS7000222", "has expired; make a new one"),
        (refused("invalid_client", 700027, 401), "AADSTS700027", "upload it there"),
        (refused("invalid_client", 700024, 401), "AADSTS700024", "this machine's clock"),
        (refused("unauthorized_client", 700016), "AADSTS700016", "does not know the application"),
        (refused("unauthorized_client", 7000112), "AADSTS7000112", "switched off"),
        (refused("access_denied", 53003), "AADSTS53003", "Conditional Access"),
        (refused("invalid_client", 1), "AADSTS1", "not accepted"),
        (refused("invalid_scope", 2), "AADSTS2", "the login server refuses us"),
        (Answer(400, {"error": "unauthorized_client"}), "unauthorized_client", "may not sign in by itself"),
    ],
)
def test_a_refused_login_stops_the_run_and_says_what_to_mend(authority, answer, code, words):
    outcome, server = once(authority, {"token": answer})

    assert seen(outcome) == (REJECTED, TRANSPORT, code)
    assert words in outcome.detail
    assert server.asked == ["discovery", "token"]


@pytest.mark.parametrize(("number", "words"), [(90002, "no such tenant"), (900023, "neither a tenant's id nor")])
def test_a_wrong_tenant_is_named(authority, number, words):
    outcome, _ = once(authority, {"discovery": refused("invalid_tenant", number)})

    assert seen(outcome) == (REJECTED, TRANSPORT, f"AADSTS{number}")
    assert words in outcome.detail


@pytest.mark.parametrize("step", ["discovery", "token"])
@pytest.mark.parametrize(
    ("answer", "code", "wait"),
    [
        (Answer(503), "503", None),
        (Answer(429, headers={"Retry-After": "30"}), "429", 30),
        (Answer(200, b"<html>log in here</html>"), "200", None),
        (Answer(200, {"hello": "world"}), "garbled", None),
        (Answer(302, headers={"Location": "https://portal.example"}), "302", None),
        (refused("temporarily_unavailable", 90033), "temporarily_unavailable", None),
    ],
    ids=["503", "429", "portal", "odd", "redirect", "unavailable"],
)
def test_a_login_server_that_is_not_itself_is_later(authority, step, answer, code, wait):
    outcome, server = once(authority, {step: answer})

    assert seen(outcome) == (LATER, TRANSPORT, code)
    assert (outcome.retry_after, "draft" in server.asked) == (wait, False)


@pytest.mark.parametrize("number", _BY_NUMBER)
def test_every_refusal_we_name_stands_in_the_administrators_page(number):
    page = Path(__file__).resolve().parents[3] / "docs" / "mail-servers.md"

    assert f"`{number}`" in page.read_text("utf-8")


def test_a_refused_login_is_asked_again_at_the_next_mail(authority):
    with a_way(authority, {"token": [refused("invalid_client", 7000222, 401)]}) as (_, transport):
        verdicts = [send(transport).verdict, send(transport).verdict]

    assert verdicts == [REJECTED, ACCEPTED]


def test_a_login_of_netrc_does_not_replace_the_token(authority, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    outcome, _ = once(authority)

    assert outcome.verdict is ACCEPTED


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.!.c", "a.eyJyb2xlcyI6bnVsbH0.c", "a.W10.c"])
def test_a_token_without_roles_grants_none_that_show(token):
    assert roles_in(token) == frozenset()
