import pytest

from reminders.core.directory import names


@pytest.mark.parametrize(
    "words",
    [
        *("TBC", "tba", "TBC.", "To be confirmed", "N/A", "n/a", "N.A.", "Not applicable", "None", "-", "\u2013", "?"),
        *("Vacant", "vacant post", "All", "all partners", "All board members", "Everyone", "Various", "As above", '"'),
    ],
)
def test_words_that_wait_for_a_name_or_mean_everybody_name_nobody(words):
    assert names.names_nobody(words)


@pytest.mark.parametrize("words", ["Allen", "M Evans", "Al", "All Saints School", "Nona", "A", "NA Smith", "TBC Ltd"])
def test_names_that_begin_alike_are_names(words):
    assert not names.names_nobody(words)


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        *(("Mrs M Evans", "M Evans"), ("Dr. C Gill", "C Gill"), ("DCI C Gill", "C Gill"), ("Cllr M Evans", "M Evans")),
        *(
            ("Professor Evans", "Evans"),
            ("Drake M", "Drake M"),
            ("Mr", "Mr"),
            ("Di", "Di"),
            ("Missy Gill", "Missy Gill"),
        ),
    ],
)
def test_a_title_is_a_word_of_its_own(written, bare):
    assert names.untitled(written) == bare


@pytest.mark.parametrize(
    ("aside", "agency", "same"),
    [
        ("BHFT", "Berkshire Healthcare Foundation Trust", True),
        ("Berkshire Healthcare Foundation Trust", "BHFT", True),
        ("public-health", "Public Health", True),
        ("Police", "Thames Valley Police", False),
        ("BHFT", None, False),
    ],
)
def test_an_agency_is_known_in_full_and_by_its_initials(aside, agency, same):
    assert names.same_agency(aside, agency) is same


@pytest.mark.parametrize("aside", ["Chair", "lead", "Vice-Chair", "joint lead", "Lead officer", "Deputy Chair", "tbc"])
def test_a_part_in_the_work_is_told_from_an_agency(aside):
    assert names.is_part_played(aside)
    assert not names.is_part_played(f"{aside} of Health")


def test_initials_are_taken_from_each_word():
    assert names.initials("F Gosling-Thomas") == "fgt"
