"""A text as Code 128 (ISO/IEC 15417), code set B: what handheld scanners read off a printed list."""

# Widths of bar, space, bar, space, bar, space, in modules, of the values 0 to 105; the stop has a seventh, a bar.
_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
]
_STOP = "2331112"
_START_B, _MODULUS, _FIRST, _LAST = 104, 103, " ", "~"
QUIET = 10  # modules of white that a scanner needs on either side
LONGEST = 48  # characters: longer ones are wider than paper


def drawable(text: str) -> bool:
    """Whether the text can be drawn: plain ASCII, not too long."""
    return 0 < len(text) <= LONGEST and all(_FIRST <= character <= _LAST for character in text)


def values(text: str) -> tuple[int, ...]:
    """The values of the symbol: start, characters, checksum. Raises ValueError for what cannot be drawn."""
    if not drawable(text):
        raise ValueError(f"a barcode has 1 to {LONGEST} plain characters")
    inside = [ord(character) - ord(_FIRST) for character in text]
    checksum = (_START_B + sum(at * value for at, value in enumerate(inside, 1))) % _MODULUS
    return (_START_B, *inside, checksum)


def bars(text: str) -> tuple[tuple[int, int], ...]:
    """The black bars as (from, width) in modules, after the quiet zone. Raises ValueError for what cannot be drawn."""
    found, at = [], QUIET
    for pattern in (*(_WIDTHS[value] for value in values(text)), _STOP):
        for place, width in enumerate(pattern):
            if place % 2 == 0:
                found.append((at, int(width)))
            at += int(width)
    return tuple(found)


def width(text: str) -> int:
    """The whole symbol with its quiet zones, in modules."""
    start, last = bars(text)[-1]
    return start + last + QUIET
