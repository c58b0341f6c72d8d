"""What the pages “now” and “the plan” show."""

from reminders.core import words
from reminders.status import now, plan_view
from reminders.status.drawings import timeline
from reminders.status.rooms import Page, Room
from reminders.status.sent_views import line_of

_NEWEST = 5  # entries that the first page shows


def show_now(room: Room) -> Page:
    after, pulse = room.board.after_tick(), room.board.pulse
    if after is None:
        return Page("now", headline=now.headline(None, (), pulse), needs=(), facts=(), counts=None, newest=())
    room.lookout.look(after)  # so that it is there when somebody turns to what is coming up
    digest = plan_view.in_digest(after)
    needs = now.needs_of(after, digest, pulse)
    return Page(
        "now",
        headline=now.headline(after, needs, pulse),
        needs=needs,
        facts=now.facts_of(after),
        counts=digest,
        newest=[line_of(each, after) for each in now.last_mails(after.ledger, _NEWEST)],
    )


def show_plan(room: Room) -> Page:
    after = room.after
    plan = after.plan
    if plan is None:
        return Page("plan", plan=None, why=after.result.plan.reason)
    themes = plan_view.themes_of(plan, after.rules.policy, after.today)
    return Page(
        "plan",
        plan=plan,
        note=after.result.plan.note,
        themes=themes,
        overdue=plan_view.overdue(themes),
        picture=timeline(themes, after.today),
        digest=plan_view.in_digest(after),
        today=words.full_date(after.today),
    )
