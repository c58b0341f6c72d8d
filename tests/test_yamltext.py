import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reminders.yamltext import MAX_DEPTH, Mapping, Node, Scalar, Sequence, YamlMistake, dump_yaml, read_yaml

# What YAML can write at all: every character but half of a surrogate pair.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
TREES = st.recursive(
    st.none() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node}


def mistake_in(text: str) -> str:
    with pytest.raises(YamlMistake) as caught:
        read_yaml(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text", ["NO", "yes", "1.10", "0x1F", "1_000", "2015-03-31", "12:30", "1e3", ".inf", "Null", "=", "<<"]
)
def test_a_word_that_yaml_takes_for_something_else_stays_text(text):
    assert plain(read_yaml(f"a: {text}")) == {"a": text}


@pytest.mark.parametrize("text", ["", "~", "null", "# remark"])
def test_a_value_left_out_is_none(text):
    assert plain(read_yaml(f"a: {text}")) == {"a": None}


@pytest.mark.parametrize("text", ["''", '"~"', "'null'"])
def test_in_quotes_the_same_is_text(text):
    assert plain(read_yaml(f"a: {text}")) == {"a": text[1:-1]}


def test_an_empty_text_is_an_empty_scalar():
    assert [plain(read_yaml(text)) for text in ("", "# nothing\n", "---\n")] == [None] * 3


def test_keys_and_values_know_their_lines():
    tree = read_yaml("# plan\ntitle: Plan\nactions:\n- ref: 1.10\n  lead: >\n    M Evans\n")
    assert isinstance(tree, Mapping)
    assert [key.line for key, _ in tree.entries] == [2, 3]
    assert tree.get("actions") == Sequence(
        (Mapping(((Scalar("ref", 4), Scalar("1.10", 4)), (Scalar("lead", 5), Scalar("M Evans\n", 5))), 4),), 4
    )


def test_a_key_that_is_not_there_gives_none():
    tree = read_yaml("a: 1")
    assert isinstance(tree, Mapping)
    assert tree.get("b") is None


def test_keys_are_text_too():
    assert plain(read_yaml("1.10: a\nNO: b\nnull: c\n? \n: d")) == {"1.10": "a", "NO": "b", "null": "c", "": "d"}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a: b\nc: *d", "line 2: an alias (*name) is not read; write the value out, or put it in quotes"),
        ("*a : b", "line 1: an alias (*name) is not read; write the value out, or put it in quotes"),
        ("a:\n- &b c", "line 2: an anchor (&name) is not read; write the value out, or put it in quotes"),
        ("&a b: c", "line 1: an anchor (&name) is not read; write the value out, or put it in quotes"),
        ("a: &b {c: d}", "line 1: an anchor (&name) is not read; write the value out, or put it in quotes"),
        ("a:\n  !!python/name:os.system b", "line 2: a tag (!name) is not read; put the value in quotes"),
        ("a: !b [c]", "line 1: a tag (!name) is not read; put the value in quotes"),
        ("a: ! b", "line 1: a tag (!name) is not read; put the value in quotes"),
        ("!b c: d", "line 1: a tag (!name) is not read; put the value in quotes"),
        ("a: 1\nb:\n  c: 1\n  c: 2", "line 4: 'c' stands here a second time; keep one"),
        ("a: 1\n'a': 2", "line 2: 'a' stands here a second time; keep one"),
        ("a: 1\n? [b]\n: c", "line 2: a key must be a word"),
        ("{a: 1}: c", "line 1: a key must be a word"),
        ("a: 1\n---\nb: 2", "line 2: a second document begins here; keep one and take the --- out"),
        ("a: 1\nb: \x00", "line 2: holds a character (U+0000) that text cannot hold; take it out"),
        ("é: 1\nb: \x07", "line 2: holds a character (U+0007) that text cannot hold; take it out"),
        ("é: 1\n\nb: \ud800", "line 3: holds a character (U+D800) that text cannot hold; take it out"),
    ],
)
def test_what_says_something_else_than_it_shows_is_refused_with_its_line(text, mistake):
    assert mistake_in(text) == mistake


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: b: c", "line 1, column 5: "),
        ("a: 1\n b: 2", "line 2, column 3: "),
        ("a:\n- b\n@c", "line 3, column 1: "),
        ("a: 'b", "line 1, column 6: "),
        ("a:\n\t- b", "line 2, column 1: "),
    ],
)
def test_what_is_no_yaml_is_refused_with_line_column_and_cure(text, where):
    mistake = mistake_in(text)
    assert mistake.startswith(f"{where}cannot be read as YAML (")
    assert mistake.endswith("; check the indentation, and put values with ':' or '#' in quotes")


def test_nesting_is_read_up_to_a_depth():
    read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 1000, 200_000], ids=lambda depth: f"{depth} deep")
def test_deeper_nesting_is_refused_before_it_can_end_the_process(depth):
    assert mistake_in("[" * depth + "]" * depth) == f"line 1: nested more than {MAX_DEPTH} deep"
    assert mistake_in("{a: " * depth + "}" * depth) == f"line 1: nested more than {MAX_DEPTH} deep"


def test_deep_indentation_is_refused_with_its_line():
    assert mistake_in("\n".join("  " * depth + "a:" for depth in range(40))).startswith("line 22: nested more than")


@given(TEXTS)
@example("null")
@example("~")
@example(" leading and trailing ")
@example("\n\n two\n\nlines \n")
@example("a: b # c 'd' \"e\"")
@example("- x")
@example("\u2028\u0085\ufeff\x00\x1b")
@example("--- |\n...")
@example("word " * 4000)
def test_a_dumped_text_is_read_back_the_same(text):
    assert plain(read_yaml(dump_yaml(text))) == text
    assert plain(read_yaml(dump_yaml([{text: text}]))) == [{text: text}]


@given(TREES)
def test_a_dumped_tree_is_read_back_the_same(tree):
    assert plain(read_yaml(dump_yaml(tree))) == tree


def test_a_value_that_stands_twice_is_dumped_twice():
    cells = ["M Evans"]
    assert dump_yaml({"a": cells, "b": cells}) == "a:\n- M Evans\nb:\n- M Evans\n"


@given(st.text(max_size=60) | st.text("[]{}:-,&*!|>'\"#%@ \n\tab", max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        read_yaml(text)
    except YamlMistake as mistake:
        assert str(mistake).startswith("line ")  # noqa: PT017 - most texts are either


def test_a_plan_of_31_rows_is_read_in_a_few_milliseconds():
    row = {
        "ref": "1.1",
        "outcome": "outcome " * 12,
        "action": "action " * 30,
        "lead": "M Evans",
        "timeframe": "May 2015",
    }
    text = dump_yaml({"themes": [{"actions": [row] * 31}]})
    started = time.perf_counter()
    read_yaml(text)
    assert time.perf_counter() - started < 0.05
