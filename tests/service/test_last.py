from reminders.service.last import Last


def a_worker():
    done: list[tuple[object, ...]] = []

    def work(*given: object, kind: str = "plan") -> list[object]:
        done.append((*given, kind))
        return [*given]

    return Last(work), done


def test_equal_values_in_a_row_are_worked_out_once():
    last, done = a_worker()
    first = last([1], 2)
    assert last([1], 2) is first
    assert done == [([1], 2, "plan")]


def test_another_value_is_worked_out():
    last, done = a_worker()
    assert (last(1), last(2), last(2, kind="directory")) == ([1], [2], [2])
    assert done == [(1, "plan"), (2, "plan"), (2, "directory")]


def test_only_the_last_values_are_remembered():
    last, done = a_worker()
    for given in (1, 2, 1):
        last(given)
    assert len(done) == 3


def test_what_gives_nothing_is_worked_out_once_too():
    done: list[int] = []
    last = Last(done.append)
    assert (last(1), last(1)) == (None, None)
    assert done == [1]
