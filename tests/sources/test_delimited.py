import codecs
import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.core.plan import WrittenRow
from reminders.sources.base import Unreadable
from reminders.sources.delimited import read_csv, read_tsv
from reminders.sources.text import read_text

SEED = (Path(__file__).parent.parent / "samples" / "business-plan.txt").read_text("utf-8")
TABLE = "Ref,Action,Lead,By when\n1.1,Audit,C Gill,May 2015\n"


def rows_of(text, read=read_csv, encoding="utf-8"):
    plan = read(text if isinstance(text, bytes) else text.encode(encoding), "plan.csv")
    return [row for theme in plan.themes for row in theme.rows]


def cells_of(text, **how):
    return [(row.ref, row.action, row.lead, row.timeframe) for row in rows_of(text, **how)]


def refusal(data, read=read_csv):
    with pytest.raises(Unreadable) as refused:
        read(data, "plan.csv")
    return str(refused.value)


def delimited(text, **dialect):
    """Write a text table as a spreadsheet exports it: every row as wide as the widest."""
    lines = [line.split("\t") for line in text.split("\n")]
    width = max(map(len, lines))
    out = io.StringIO()
    csv.writer(out, **dialect).writerows([*line, *[""] * (width - len(line))] for line in lines)
    return out.getvalue()


# The board's own plan


@pytest.mark.parametrize(
    ("read", "dialect"),
    [
        pytest.param(read_csv, {}, id="commas"),
        pytest.param(read_csv, {"delimiter": ";"}, id="semicolons"),
        pytest.param(read_csv, {"delimiter": "|"}, id="pipes"),
        pytest.param(read_csv, {"delimiter": "\t"}, id="tabs in a .csv"),
        pytest.param(read_tsv, {"delimiter": "\t"}, id="tabs"),
        pytest.param(read_tsv, {}, id="commas in a .tsv"),
        pytest.param(read_csv, {"quoting": csv.QUOTE_ALL}, id="all quoted"),
        pytest.param(read_csv, {"lineterminator": "\r"}, id="old line ends"),
    ],
)
def test_the_boards_plan_is_read_as_from_its_text(read, dialect):
    plan, text = read(delimited(SEED, **dialect).encode(), "p"), read_text(SEED.encode(), "p")
    assert plan == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_boards_plan_reads_the_same_in_other_encodings(encoding):
    plan = read_csv(delimited(SEED).encode(encoding), "p")
    assert plan == read_csv(delimited(SEED).encode(), "p")


def test_utf_16_is_read_in_either_order_of_bytes():
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert cells_of(mark + TABLE.encode(encoding)) == [("1.1", "Audit", "C Gill", "May 2015")]


# Cells


def test_quoted_cells_keep_their_line_breaks_commas_and_quotation_marks():
    text = 'Ref,Action,Lead\n1.1,"Read, ""mark""\nand learn","C Gill/\r\nM Evans"\n\n1.2,Teach,I Mundy\n'
    assert rows_of(text) == [
        WrittenRow("plan.csv, line 2", "1.1", action='Read, "mark" and learn', lead="C Gill/ M Evans"),
        WrittenRow("plan.csv, line 6", "1.2", action="Teach", lead="I Mundy"),
    ]


def test_rows_may_be_short_or_have_blank_cells_at_their_end():
    assert cells_of(TABLE + "1.2,Train\n1.3,Ask,M Evans,June 2015,,,\n")[1:] == [
        ("1.2", "Train", None, None),
        ("1.3", "Ask", "M Evans", "June 2015"),
    ]


def test_text_beyond_the_last_heading_is_refused_with_its_line():
    assert refusal((TABLE + "1.2,Train,C Gill,May 2015,oh\n").encode()) == (
        "plan.csv, line 3: 5 cells stand under 4 headings, so “oh” has no column. Move it under a heading"
    )


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'+44 calls", "+44 calls"),
        ("'@home", "@home"),
        ('="1.10"', "1.10"),
        ("=1+1", "=1+1"),
        ("'tis done", "'tis done"),
        ("'Safe' homes", "'Safe' homes"),
        ('={"a"}', '={"a"}'),
    ],
)
def test_only_excels_own_guard_is_taken_off_a_cell(cell, read):
    assert cells_of(f"Ref,Action,Lead\n1,{cell},C Gill\n")[0][1] == read


@pytest.mark.parametrize(
    "cell", ["=cmd|'/c calc'!A1", "<b>now</b>", "{{ 7*7 }}", "Robert'); DROP TABLE", "a\u202eb", "\ufeffx"]
)
def test_hostile_cells_stay_text(cell):
    assert cells_of(f"Ref,Action,Lead\n1,{cell},C Gill\n")[0][1] == cell.replace("\ufeff", "")


def test_commas_for_columns_that_hold_nothing_do_no_harm():
    assert cells_of("".join(line + "," * 16_000 + "\n" for line in TABLE.splitlines())) == [
        ("1.1", "Audit", "C Gill", "May 2015")
    ]


# Shapes


def test_headings_decide_what_parts_the_cells_whatever_there_is_more_of():
    text = "Action;Lead;By when\nAudit, train, ask, tell, show;C Gill, M Evans;May 2015\n" * 2
    assert {row[1] for row in cells_of(text)} == {"Audit, train, ask, tell, show"}


def test_excels_line_about_its_delimiter_is_followed():
    assert rows_of("sep=;\r\nAction;Lead\r\nAudit, all;C Gill\r\n") == [
        WrittenRow("plan.csv, line 3", action="Audit, all", lead="C Gill")
    ]


def test_lines_above_the_headings_are_the_front_page():
    text = (
        "Anytown Business Plan,,\nVersion 3,,\n,,\nPrinted,1 May,by D Daly\nTheme 1 - Help,,\nAction,Lead,When\na,l,t\n"
    )
    plan = read_csv(text.encode(), "plan.csv")
    assert (plan.title, plan.themes[0].title) == ("Anytown Business Plan", "Help")
    assert plan.themes[0].rows == (WrittenRow("plan.csv, line 7", action="a", lead="l", timeframe="t"),)


def test_rows_that_were_quoted_whole_are_taken_out_of_their_quotation_marks():
    wrapped = "".join(
        '"' + line.replace('"', '""') + '"\n' for line in [*TABLE.splitlines(), '1.2,"Ask, ""why""",M Evans,']
    )
    assert cells_of(wrapped) == [("1.1", "Audit", "C Gill", "May 2015"), ("1.2", 'Ask, "why"', "M Evans", None)]


def test_headings_over_two_rows_show_the_delimiter_too():
    assert cells_of("Ref;Specific;Lead\n;actions;officer\n1;Audit, all;C Gill\n") == [
        ("1", "Audit, all", "C Gill", None)
    ]


# Refusals


def test_a_quotation_mark_that_swallows_the_file_is_named_by_its_line():
    assert refusal((TABLE + '1.2,"Train,C Gill,May 2015\n1.3,Ask,M Evans,June 2015\n').encode()) == (
        "plan.csv, line 3: a quotation mark is opened in this row and never closed. Close it, or take it out"
    )


def test_a_quotation_mark_that_is_closed_by_the_next_one_is_named_by_its_line():
    told = refusal((TABLE + '1.2,"Train,C Gill,May 2015\n1.3,"Ask, all",M Evans,June 2015\n').encode())
    assert told.startswith("plan.csv, line 3: a quotation mark stands inside a cell in quotation marks. Write it twice")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "no table", id="empty"),
        pytest.param(b"\x00\x01\x02" * 99, "zero bytes", id="zero bytes"),
        pytest.param(TABLE.encode() + b"\0", "zero bytes", id="one zero byte"),
        pytest.param(b"\x81\x8d\x9d\xff" * 99, "no known encoding", id="rubbish"),
        pytest.param(b"PK\x03\x04 ...", "Word or Excel", id="a workbook"),
        pytest.param(b"  <!DOCTYPE html><table><tr><td>Action", "a web page", id="HTML"),
        pytest.param(b'<?xml version="1.0"?><Workbook>', "a web page or XML", id="XML"),
        pytest.param(b"x" * 9_999_999, "line 1: holds 9,999,999 characters", id="one endless line"),
        pytest.param(TABLE.encode() + b'"' + b"x\n" * 4_999_000, "never seems to end", id="one endless cell"),
        pytest.param(b"\n" * 9_999_999, "more than 50,000 lines", id="endless lines"),
        pytest.param(b"a,b\n" * 2_000_000, "more than 5,000 rows", id="endless rows"),
        pytest.param(b"," * 999_999, "no table", id="endless blank columns"),
        pytest.param(b"a," * 499_999, "holds 500,000 cells; at most 100", id="endless columns"),
        pytest.param((b"a," * 90 + b"\n") * 10_000, "more than 50,000 filled cells", id="many columns"),
        pytest.param(TABLE.encode() + b"1.2,b,c,d\n" * 5_000, "more than 5,000 rows", id="one row too many"),
        pytest.param(TABLE.encode() + b"1.2," + b"x" * 10_001, "10,001 characters", id="a cell too long"),
        pytest.param(b"x" * 10_000_001, "at most 10,000,000 are read", id="too large"),
        pytest.param(b'"' * 9_999_999, "line 1: holds 9,999,999 characters", id="quotation marks"),
    ],
)
def test_what_is_no_plan_is_refused_in_words_at_once(data, said):
    start = time.process_time()
    with pytest.raises(Unreadable, match=said):
        read_csv(data, "plan.csv")
    assert time.process_time() - start < 2


def test_five_hundred_actions_are_read_at_once():
    lines = [f'{n // 9}.{n},"Outcome, {n}","Action {n}, all",C Gill/ M Evans,May 2015,' for n in range(500)]
    text = "\n".join(["Ref,Desired outcome,Action,Lead,Timeframe,Progress", *lines])
    start = time.process_time()
    assert len(rows_of(text)) == 500
    assert time.process_time() - start < 0.5  # usually a tenth of that


CELL = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n\",;'"), min_size=1, max_size=9)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_cells_of_any_text_come_back_as_they_were_written(rows, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Ref", "Action", "Lead"])
    writer.writerows((f"1.{place}", f"x{action}", f"y{lead}") for place, (action, lead) in enumerate(rows))
    expected = [
        (f"1.{place}", " ".join(f"x{action}".split()), " ".join(f"y{lead}".split()))
        for place, (action, lead) in enumerate(rows)
    ]
    assert [cells[:3] for cells in cells_of(out.getvalue())] == expected


PIECES = st.sampled_from(
    [b"Action", b"Lead", b"Ref", b",", b";", b"\t", b"|", b'"', b"\n", b"\r", b"\0", b"\xff\xfe", b"1.1"]
)


@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_any_bytes_are_read_or_refused_in_words(data):
    for read in (read_csv, read_tsv, read_text):
        try:
            told = [theme.where for theme in read(data, "plan").themes]
        except Unreadable as refused:
            told = list(refused.mistakes)
        assert told
        assert all(each.startswith("plan") for each in told)
