"""Code 128: each symbol is as wide as it must be, no two look alike, and what is drawn is what scanners read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules import barcode
from backorder.rules.barcode import QUIET, bars, drawable, values, width
from tests.rules.cast import law

texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=48)


def test_every_pattern_fills_its_eleven_modules_and_stands_for_one_value():
    patterns = barcode._WIDTHS
    assert len(patterns) == len(set(patterns)) == 106
    assert {sum(map(int, pattern)) for pattern in patterns} == {11}
    assert all(sum(int(wide) for wide in pattern[::2]) % 2 == 0 for pattern in patterns), "bars are even in each"


def test_the_checksum_is_that_of_the_standard():
    # 104 + 1·48 (P) + 2·42 (J) + 3·42 (J) + 4·17 (1) + 5·18 (2) + 6·19 (3) + 7·35 (C), modulo 103
    assert values("PJJ123C") == (104, 48, 42, 42, 17, 18, 19, 35, 55)


@law
@given(texts)
def test_what_is_drawn_reads_back_as_it_was(text):
    drawn = bars(text)
    assert width(text) == 2 * QUIET + 11 * (len(text) + 2) + 13
    ends = [at + wide for at, wide in drawn]
    gaps = [at - end for (at, _), end in zip(drawn[1:], ends, strict=False)]
    modules = [wide for pair in zip((wide for _, wide in drawn), [*gaps, 0], strict=True) for wide in pair][:-1]
    patterns = ["".join(map(str, modules[at : at + 6])) for at in range(0, len(modules) - 7, 6)]
    read = [barcode._WIDTHS.index(pattern) for pattern in patterns]
    assert "".join(chr(value + 32) for value in read[1:-1]) == text


@pytest.mark.parametrize("text", ["", "ü", "x" * 49, "a\tb"])
def test_what_scanners_could_not_read_is_not_drawn(text):
    assert not drawable(text)
    with pytest.raises(ValueError, match="plain characters"):
        values(text)
