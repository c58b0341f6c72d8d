import pytest


@pytest.fixture
def own(tmp_path):
    """Return a function that writes templates of a board's own and gives their folder."""

    def write(**templates):
        for name, source in templates.items():
            (tmp_path / name.replace("__", ".")).write_text(source, encoding="utf-8")
        return tmp_path

    return write
