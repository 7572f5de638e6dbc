"""The mailbox keeps every letter and SMS and shows them to people and programs."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest
from flask.testing import FlaskClient

from registry.sandbox.mailbox import Box, create_mailbox
from registry.sandbox.mailbox.box import Handed, Wanted
from registry.sandbox.mailbox.smtp import open_smtp


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    opened = Box(tmp_path / "mailbox")
    yield opened
    opened.close()


@pytest.fixture
def client(box: Box) -> FlaskClient:
    return create_mailbox(box).test_client()


@pytest.fixture
def smtp_port(box: Box) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    controller = open_smtp(box, "127.0.0.1", port)
    yield port
    controller.stop()


def letter(to: str, text: str, subject: str = "Приглашение") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "registry@example.org", to, subject
    made.set_content(text)
    return made


def test_a_letter_by_smtp_is_kept_for_each_recipient(smtp_port: int, client: FlaskClient):
    made = letter("Olga@Example.org, p@example.org", "Код: 123456\nhttps://example.org/i/abc\n")
    with smtplib.SMTP("127.0.0.1", smtp_port) as post:
        post.send_message(made)
    said = client.get("/messages", query_string={"to": "olga@example.org"}).get_json()["messages"]
    assert [(one["channel"], one["subject"]) for one in said] == [("email", "Приглашение")]
    assert "Код: 123456" in said[0]["text"]
    assert len(client.get("/messages").get_json()["messages"]) == 2


def test_html_and_attachments_are_read_as_plain_text(smtp_port: int, client: FlaskClient):
    made = letter("a@example.org", "plain words")
    made.add_alternative("<p>rich words</p>", subtype="html")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="x.pdf")
    only_html = EmailMessage()
    only_html["To"], only_html["From"] = "b@example.org", "r@example.org"
    only_html.set_content("<p>rich <b>words</b></p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", smtp_port) as post:
        post.send_message(made)
        post.send_message(only_html)
    texts = [one["text"].strip() for one in client.get("/messages").get_json()["messages"]]
    assert texts == ["plain words", "rich words"]


def test_an_sms_is_taken_once_under_its_id(client: FlaskClient):
    said = {"to": "+79001234567", "text": "Код 1", "reference": "letter-1"}
    assert [client.post("/sms", json=said).get_json()["id"] for _ in range(2)] == ["1", "1"]
    found = client.get("/messages", query_string={"to": "+79001234567"}).get_json()["messages"]
    assert [(one["channel"], one["text"]) for one in found] == [("sms", "Код 1")]
    for wrong in ({}, [], {"to": 1, "text": "x"}, {"text": "x"}):
        assert client.post("/sms", json=wrong).status_code == 400


def test_readers_page_through_by_number(box: Box, client: FlaskClient):
    for number in range(25):
        box.add(Handed("sms", f"+7900000000{number % 5}", str(number)))
    seen: list[str] = []
    after = 0
    while found := client.get("/messages", query_string={"after": after, "limit": 10}).get_json()["messages"]:
        seen += [one["text"] for one in found]
        after = found[-1]["seq"]
    assert seen == [str(number) for number in range(25)]
    one = client.get("/messages", query_string={"after": 20, "to": "+79000000002"}).get_json()["messages"]
    assert [found["text"] for found in one] == ["22"]


def test_a_reader_may_wait_for_a_letter(box: Box):
    waiting: list[int] = []
    reader = Thread(target=lambda: waiting.append(len(box.read(Wanted(to="a@example.org"), wait=20))))
    reader.start()
    box.add(Handed("email", "other@example.org", "x"))
    box.add(Handed("email", "a@example.org", "x"))
    reader.join(20)
    assert waiting == [1]
    assert box.read(Wanted(after=2), wait=0.01) == []


def test_letters_outlive_a_restart_and_a_line_cut_short(tmp_path: Path):
    first = Box(tmp_path)
    first.add(Handed("sms", "+7900", "one", key="k"))
    first.close()
    with (tmp_path / "letters.jsonl").open("ab") as file:
        file.write(b'{"seq": 2, "chan')
    second = Box(tmp_path)
    assert second.add(Handed("sms", "+7900", "again", key="k")) == 1
    assert second.add(Handed("sms", "+7900", "two")) == 2
    second.close()
    third = Box(tmp_path)
    assert [found.text for found in third.newest(None, 10)] == ["two", "one"]
    third.close()


def test_pages_show_text_as_text_with_links_to_click(box: Box, client: FlaskClient):
    box.add(
        Handed("email", "a@example.org", "<img src=x> https://example.org/i/abc?x=1&y=2", subject="<b>Тема")
    )
    page = client.get("/letters/1").get_data(as_text=True)
    assert '<a href="https://example.org/i/abc?x=1&amp;y=2"' in page
    assert "<img" not in page
    assert "<b>" not in client.get("/").get_data(as_text=True)
    assert "script" not in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/letters/2").status_code == 404
    assert (
        client.get("/", query_string={"to": "nobody@example.org"}).get_data(as_text=True).count("<tr>") == 2
    )


def test_an_unreadable_letter_is_refused_and_the_server_lives_on(smtp_port: int, client: FlaskClient):
    broken = b"Content-Type: text/plain; charset=no-such\r\nSubject: =?x?q?=ff?=\r\n\r\n\xff\xfe"
    with smtplib.SMTP("127.0.0.1", smtp_port) as post:
        with suppress(smtplib.SMTPDataError):
            post.sendmail("r@example.org", ["a@example.org"], broken)
        post.send_message(letter("b@example.org", "fine"))
    assert client.get("/messages", query_string={"to": "b@example.org"}).get_json()["messages"]
