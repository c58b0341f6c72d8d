"""Plans, agendas and walks through the days for the tests of the rules; bank holidays are handed in as data."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from reminders.core.agenda import Agenda, Memory, Reminder, Standing, Told, Verdict, draw_up_agenda
from reminders.core.directory import Directory, Group, Person
from reminders.core.notices import ReminderNotice, gather_notices
from reminders.core.plan import Level, Plan, Problem, WrittenPlan, WrittenRow, WrittenTheme, understand
from reminders.core.policy import Audience, Override, Policy
from reminders.core.timeframe import DateReading
from reminders.core.workdays import WorkingDays
from reminders.sources.files import read_directory_file, read_plan
from tests.builders import BOARD, a_directory, a_row

_ROOT = Path(__file__).parents[2]

# From Christmas 2014 to Easter 2016.
BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        *("2014-12-25", "2014-12-26", "2015-01-01", "2015-04-03", "2015-04-06", "2015-05-04", "2015-05-25"),
        *("2015-08-31", "2015-12-25", "2015-12-28", "2016-01-01", "2016-03-25", "2016-03-28"),
    )
)


def a_policy(**known) -> Policy:
    return Policy(**{"working_days": WorkingDays(BANK_HOLIDAYS), **known})


def a_table(*rows: WrittenRow, title: str | None = "Early Help", number: int | None = None) -> WrittenTheme:
    return WrittenTheme("table 1", title, number, rows)


def a_written_plan(*tables: WrittenTheme, **known) -> WrittenPlan:
    return WrittenPlan(**{"title": "Business Plan 2015 - 2017", "priorities": (), "themes": tables, **known})


def understood(
    written: WrittenPlan | WrittenTheme | WrittenRow,
    *rows: WrittenRow,
    directory: Directory | None = None,
    policy: Policy | None = None,
    reading: DateReading | None = None,
    allowed: Collection[str] | None = None,
) -> Plan:
    """Understand a plan, one table of it, or some rows."""
    if isinstance(written, WrittenRow):
        written = a_table(written, *rows)
    if isinstance(written, WrittenTheme):
        written = a_written_plan(written)
    return understand(
        written,
        directory or a_directory(),
        policy or a_policy(),
        reading or DateReading(),
        lambda address: allowed is None or address in allowed,
    )


@cache
def the_boards_directory() -> Directory:
    return read_directory_file(_ROOT / "config/directory.yaml")[1]


@cache
def the_written_plan() -> WrittenPlan:
    return read_plan(_ROOT / "tests/samples/business-plan.txt")[1]


def the_boards_plan(changes: Mapping[str, Mapping[str, str]] | None = None, policy: Policy | None = None) -> Plan:
    """The board's own plan, with some cells of some refs changed."""
    written = the_written_plan()
    themes = tuple(
        replace(theme, rows=tuple(replace(row, **(changes or {}).get(row.ref or "", {})) for row in theme.rows))
        for theme in written.themes
    )
    return understood(replace(written, themes=themes), directory=the_boards_directory(), policy=policy)


def agenda_on(
    today: date,
    plan: Plan,
    directory: Directory | None = None,
    policy: Policy | None = None,
    told: Mapping[str, Told] | None = None,
    since: date | None = None,
) -> Agenda:
    memory = Memory(BOARD, Audience.LIVE, told or {}, since)
    return draw_up_agenda(plan, directory or a_directory(), policy or a_policy(), today, memory)


def agenda_of(timeframe: str, today: date, **known) -> Agenda:
    """The agenda of a plan with one action of one lead."""
    policy = known.get("policy")
    return agenda_on(today, understood(a_row(timeframe=timeframe), policy=policy), **known)


def verdicts(agenda: Agenda) -> dict[int, Verdict]:
    return {each.offset: each.verdict for each in agenda.reminders}


def as_told(*reminders: Reminder, standing: Standing = Standing.TOLD) -> dict[str, Told]:
    return {
        each.key: Told(standing, each.recipient.address if each.recipient else "nobody@westberks.example")
        for each in reminders
    }


def notices_of(agenda: Agenda, plan: Plan, keys: Mapping[str, str] | None = None) -> tuple[ReminderNotice, ...]:
    return gather_notices(agenda, plan, board=BOARD, audience=Audience.LIVE, keys=keys or {})


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def walk(
    plan: Plan,
    directory: Directory,
    policy: Policy,
    ticks: Iterable[date],
    told: dict[str, Told] | None = None,
) -> Iterator[ReminderNotice]:
    """Gather the mails of each working day among the ticks, and take all of them for told."""
    told = {} if told is None else told
    for today in ticks:
        if policy.working_days.includes(today):
            agenda = agenda_on(today, plan, directory, policy, told)
            told |= as_told(*agenda.owed)
            yield from notices_of(agenda, plan)


# Whatever stands in the cells.

_CELLS = st.none() | st.text(max_size=30)
_ROWS = st.builds(WrittenRow, st.just("row"), *[_CELLS] * 7)
_TABLES = st.builds(
    WrittenTheme, st.just("table"), _CELLS, st.none() | st.integers(1, 9), st.lists(_ROWS, max_size=4).map(tuple)
)
PLANS = st.builds(
    a_written_plan,
    _TABLES,
    _TABLES,
    title=st.text(max_size=20),
    priorities=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    columns=st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=3).map(tuple),
    problems=st.lists(st.builds(Problem, *[st.text(max_size=9)] * 4, st.sampled_from(Level)), max_size=2).map(tuple),
)


# Whatever the plan, the people, the policy and the days on which the service is up.

NAMES = ("M Evans", "I Mundy", "C Gill", "CSE Sub-Group", "Board", "Z Quill")
SOME_DAYS = st.dates(date(2015, 1, 1), date(2015, 6, 30))
WORDINGS = st.one_of(
    SOME_DAYS.map(lambda day: f"{day:%d %B %Y}"),
    st.sampled_from(
        ["March 2015", "March and April 2015", "February 2015 and then quarterly", "On-going", "Soon", None]
    ),
)
ABSENCES = st.lists(st.tuples(SOME_DAYS, SOME_DAYS).map(sorted).map(tuple), max_size=2).map(tuple)


@st.composite
def rows(draw):
    leads = draw(st.lists(st.sampled_from(NAMES), max_size=3))
    progress = draw(st.sampled_from([None, None, None, "Started", "Complete"]))
    ref = draw(st.sampled_from(["1.1", "1.2", "2.1", None]))
    return a_row(ref, lead="/".join(leads) or None, timeframe=draw(WORDINGS), progress=progress)


@st.composite
def directories(draw):
    people = [
        Person(
            name,
            name,
            draw(st.sampled_from([f"{name[-3:]}@westberks.example", f"{name[-3:]}@westberks.example", None])),
            deputy=draw(st.sampled_from([None, *NAMES[:3]])),
            away=draw(ABSENCES),
            left=draw(st.sampled_from([False, False, False, True])),
        )
        for name in NAMES[:3]
    ]
    members = tuple(draw(st.lists(st.sampled_from(NAMES[:3]), min_size=1, unique=True)))
    groups = [Group("CSE Sub-Group", "CSE", members=members), Group("Board", "Board", "board@westberks.example")]
    return Directory(people, groups)


@st.composite
def policies(draw):
    return Policy(
        WorkingDays(BANK_HOLIDAYS | draw(st.frozensets(SOME_DAYS, max_size=10))),
        offsets=tuple(draw(st.lists(st.integers(-35, 35), max_size=6, unique=True))),
        catch_up=draw(st.integers(0, 30)),
        due_by_working_day=draw(st.booleans()),
        action_overrides={"1.1": Override(pause_until=draw(st.none() | SOME_DAYS))},
    )


@st.composite
def worlds(draw):
    directory, policy = draw(directories()), draw(policies())
    first = draw(st.lists(rows(), min_size=1, max_size=4))
    plan = understood(*first, directory=directory, policy=policy)
    return plan, directory, policy


TICKS = st.sets(SOME_DAYS, max_size=12).map(sorted)
