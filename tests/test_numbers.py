import pytest

from capsule import resources
from capsule.numbers import decimal, percent
from capsule.typography import NNBSP


@pytest.mark.parametrize(
    ("number", "digits", "english", "french"),
    [(4.5, 1, "4.5", "4,5"), (3.98, 1, "4", "4"), (1.25, 2, "1.25", "1,25"), (0.04, 1, "0", "0")],
)
def test_decimals(number: float, digits: int, english: str, french: str) -> None:
    assert decimal(number, digits) == english
    assert decimal(number, digits, resources.words("fr").gettext) == french


def test_thousands_stand_apart_where_that_is_asked_for() -> None:
    assert decimal(1234567.25, thousands=NNBSP) == "1\u202f234\u202f567.2"
    assert decimal(1234) == "1234"


def test_percent() -> None:
    assert percent(0.145) == "15%"
    assert percent(0.145, resources.words("fr").gettext) == "15 %"
