import hashlib

from reminders.ledger.rows import content_of
from tests.ledger.builders import NOW, a_new_entry, a_reminder, entered


def test_a_redraw_replaces_everything_but_the_key():
    assert "key" not in content_of(a_new_entry())
    assert content_of(a_new_entry())["sha256"] == hashlib.sha256(a_new_entry().mime).hexdigest()


def test_reminders_come_back_in_the_order_of_the_mail(ledger):
    told = tuple(a_reminder(number) for number in (5, 1, 9))
    assert entered(ledger, reminders=told).new.reminders == told


def test_an_entry_may_tell_no_reminder(ledger):
    assert entered(ledger, kind="digest", reminders=()).new.reminders == ()


def test_many_entries_come_back_each_with_its_own(ledger):
    ledger.enter([a_new_entry(number) for number in range(1, 502)], NOW)
    assert [entry.new for entry in ledger.entries()] == [a_new_entry(number) for number in range(1, 502)]
