import re
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.core.message import Attachment, Mailbox, Message
from reminders.rendering import mime
from tests.builders import KEY

SENDER = Mailbox("LSCB plan reminders", "reminders@westberks.example")


def a_message(*, name="M Evans", subject="Due today: one of your business plan actions", text="Hello\n", headers=()):
    to = Mailbox(name, "m.evans@westberks.example")
    return Message(SENDER, to, SENDER, subject, text, f"<p>{text}</p>", tuple(headers))


def parsed(message):
    return message_from_bytes(mime.finish(message, KEY), policy=policy.default)


def test_a_long_name_with_a_comma_stays_one_recipient():
    name = "Quality, Performance, Assurance and Audit Board (West Berkshire) of the Safeguarding Children Board"
    to = parsed(a_message(name=name))["To"]

    assert [address.addr_spec for address in to.addresses] == ["m.evans@westberks.example"]
    assert to.addresses[0].display_name == "Quality, Performance, Assurance and Audit Board (West Berksh"


def test_a_long_id_is_never_an_encoded_word():
    thread = f"<t.{'0' * 60}@{'a' * 60}.example>"
    raw = mime.finish(a_message(headers=[("References", thread), ("In-Reply-To", thread)]), KEY)

    assert f"References: {thread}\r\n".encode() in raw


def test_a_long_subject_with_one_accent_keeps_its_single_spaces():
    subject = "Due by 30 January 2015: three of your business plan actions for Zoë and the others"

    assert str(parsed(a_message(subject=subject))["Subject"]) == subject


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=120))
def test_any_name_and_subject_come_back_as_they_were_cleaned(name, subject):
    cleaned = mime.subject_line(subject)
    mail = parsed(a_message(name=name, subject=cleaned))

    assert [address.addr_spec for address in mail["To"].addresses] == ["m.evans@westberks.example"]
    assert str(mail["Subject"]) == cleaned
    assert set(mail.keys()) == {"From", "To", "Reply-To", "Subject", "MIME-Version", "Content-Type"}


def test_both_parts_are_quoted_printable_text_first():
    parts = list(parsed(a_message(text="Zoë \u2013 " + "x" * 2000 + "\n")).iter_parts())

    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert parts[0].get_content().rstrip() == "Zoë \u2013 " + "x" * 2000


def test_the_boundary_comes_from_the_key():
    assert f'boundary="=_{KEY}"'.encode() in mime.finish(a_message(), KEY)


@pytest.mark.parametrize(
    ("rendered", "subject"),
    [
        ("Overdue: two\n", "Overdue: two"),
        ("\n\n  Overdue:\ttwo \nBcc: evil@example.com", "Overdue: two"),
        ("Overdue\u202e two", "Overdue two"),
        ("x" * 100, "x" * 78),
        (" \n", ""),
    ],
)
def test_the_subject_is_the_first_line_that_says_something(rendered, subject):
    assert mime.subject_line(rendered) == subject


def test_outlooks_thread_keeps_its_first_22_bytes():
    from base64 import b64decode
    from datetime import date

    day = date(2015, 1, 31)
    one, two = (b64decode(mime.thread_index("thread", day, key)) for key in (KEY, KEY[::-1]))

    assert one[:22] == two[:22]
    assert one != two
    assert (len(one), one[0]) == (27, 1)
    assert one[:22] != b64decode(mime.thread_index("another", day, KEY))[:22]


def test_the_list_id_is_plain_ascii_whatever_the_name():
    assert mime.list_id("LSCB plan reminders", "westberks.example") == "LSCB plan reminders <plan.westberks.example>"
    assert mime.list_id("Zoë\r\n<x>, y", "a.example") == "Zo x y <plan.a.example>"
    assert mime.list_id("", "a.example") == "<plan.a.example>"


def test_a_file_goes_beside_both_texts_byte_by_byte():
    content = bytes(range(256)) * 5
    file = Attachment("blank-progress.xlsx", "application/vnd.example", content)
    mail = parsed(replace(a_message(), attachments=(file,)))
    texts, attached = mail.iter_parts()

    assert (mail.get_content_type(), texts.get_content_type()) == ("multipart/mixed", "multipart/alternative")
    assert (attached.get_filename(), attached.get_content_type()) == (file.name, file.content_type)
    assert attached.get_content() == content


def test_no_line_of_an_attachment_is_too_long_or_bare():
    raw = mime.finish(replace(a_message(), attachments=(Attachment("a.bin", "application/x", b"x" * 5000),)), KEY)

    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize(
    "address", ["", "m.evans", "m evans@westberks.example", "a@b.example, c@d.example", "é@b.example"]
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="an address is not one"):
        mime.finish(replace(a_message(), to=Mailbox("M Evans", address)), KEY)


def test_a_header_of_two_lines_is_refused():
    with pytest.raises(ValueError, match="List-Id holds what no header may"):
        mime.finish(a_message(headers=[("List-Id", "x\r\nBcc: evil@elsewhere.example")]), KEY)


@pytest.mark.parametrize("text", ["a\n", "a\r\n", "a\rb\n", ".\n..\nFrom me \n", "x" * 5000 + "\n", "=\n \n\t\n"])
def test_every_text_comes_back_with_the_line_ends_of_a_mail(text):
    (plain, _) = parsed(a_message(text=text)).iter_parts()

    assert plain.get_content().split("\r\n") == re.split(r"\r\n|\r|\n", text)
