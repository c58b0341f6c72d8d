from dataclasses import replace
from email import message_from_bytes, policy
from io import BytesIO
from itertools import chain
from zipfile import ZipFile

from openpyxl import load_workbook

from reminders.rendering.spreadsheet import FRAME, blank_fields
from tests.builders import a_digest, a_row, drawn_digest
from tests.rendering.frame import write_frame
from tests.rendering.mails import rendered

HEAD = ("Ref", "Theme", "Action", "Lead", "Timeframe", "Due by", "Progress")


def sheet_of(digest):
    return load_workbook(BytesIO(blank_fields(digest).content)).worksheets[0]


def rows_of(digest):
    return [*sheet_of(digest).iter_rows(values_only=True)]


def test_each_blank_field_has_a_row_in_the_plans_order_with_room_for_an_answer():
    digest = drawn_digest(
        a_row("1.2", action="Carry out an audit", lead="I Mundy", timeframe="May 2015"),
        a_row("1.3", progress="Audit done in part"),
        a_row("1.10", action="Write to schools", lead="M Evans/ I Mundy", timeframe="January 2015"),
        a_row("2.1", action="Hold a workshop", timeframe="On-going"),
        a_row("2.2", progress="Complete"),
    )

    assert rows_of(digest) == [
        HEAD,
        ("1.2", "Early Help", "Carry out an audit", "I Mundy", "May 2015", "29 May 2015", None),
        ("1.10", "Early Help", "Write to schools", "M Evans and I Mundy", "January 2015", "30 January 2015", None),
        ("2.1", "Early Help", "Hold a workshop", "M Evans", "On-going", None, None),
    ]


def test_no_wording_of_the_plan_becomes_a_formula_or_a_number():
    wordings = ('=HYPERLINK("http://evil.example")', "+1+1", "-1", "@SUM(A1)", "12", "#REF!", "TRUE")
    digest = drawn_digest(*(a_row(f"1.{number}", action=wording) for number, wording in enumerate(wordings)))

    cells = [*chain.from_iterable(sheet_of(digest).iter_rows(min_row=2))]
    assert [row[2] for row in rows_of(digest)[1:]] == [*wordings]
    assert {(cell.data_type, cell.number_format) for cell in cells if cell.value} == {("s", "@")}
    assert {cell.number_format for cell in cells} == {"@"}
    assert b"<f>" not in ZipFile(BytesIO(blank_fields(digest).content)).read("xl/worksheets/sheet1.xml")


def test_characters_that_a_spreadsheet_cannot_hold_are_left_out():
    digest = drawn_digest(a_row("1.1", action="Audit\x00 the\x0bplan \ud800now\ufffe" + "x" * 40_000))

    action = rows_of(digest)[1][2]
    assert action.startswith("Audit the\nplan nowxxx")
    assert len(action) == 32_767


def test_the_head_stays_in_sight_and_the_table_fits_the_width_of_a_page():
    sheet = sheet_of(a_digest(soon=1))

    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(cell.alignment.wrap_text for cell in sheet[2])


def test_the_same_digest_gives_the_same_bytes_which_name_no_hour():
    one, again = (blank_fields(a_digest(overdue=3, soon=2)) for _ in range(2))

    assert one == again
    parts = ZipFile(BytesIO(one.content))
    assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"2015-02-09T00:00:00Z" in parts.read("docProps/core.xml")


def test_a_digest_with_something_blank_carries_the_spreadsheet():
    digest = a_digest(overdue=2)
    mail = message_from_bytes(rendered(digest).finished.mime, policy=policy.default)
    [file] = mail.iter_attachments()

    assert file.get_filename() == "blank-progress.xlsx"
    assert file.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert file.get_content() == blank_fields(digest).content
    assert "attached as a spreadsheet" in " ".join(rendered(digest).message.text.split())


def test_a_digest_with_nothing_blank_carries_nothing():
    digest = replace(a_digest(blank=0), blank_rows=())
    made = rendered(digest)

    assert made.message.attachments == ()
    assert "attached" not in made.message.text


def test_the_frame_is_what_openpyxl_makes_today(tmp_path):
    write_frame(tmp_path / "frame.xlsx")
    assert (tmp_path / "frame.xlsx").read_bytes() == FRAME.read_bytes(), "run python -m tests.rendering.frame"


def test_a_board_with_any_name_is_named_as_the_maker():
    board = "Children\u2019s & Adults\u2019 <Board>"
    book = load_workbook(BytesIO(blank_fields(replace(a_digest(), board=board)).content))
    assert (book.properties.creator, book.properties.created.date()) == (board, a_digest().day)
