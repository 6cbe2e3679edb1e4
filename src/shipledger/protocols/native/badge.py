"""A badge: two words in one line, as an SVG image. Pure.

The look is that of the badges that readers know from README files. Every text has a fixed length, so it fits in any font.
"""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape

GREEN, GREY, RED, YELLOW = "#1f7a3a", "#5f6368", "#b3261e", "#8a5a00"
"""White text on each has a contrast of more than 4.5 to 1 (WCAG 2.2, 1.4.3)."""
CHARACTERS = 40
"""What is shown of a text; the title, which is read aloud, has more."""

_TITLE_CHARACTERS = 200
_HEIGHT = 20
_PADDING = 6
_NARROW, _WIDE = frozenset("ijlftrI.,:;'|!()[] -"), frozenset("mwMW@%")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
"""What XML forbids, nobody sees, or changes the direction of other text."""


def draw_badge(label: str, text: str, colour: str) -> bytes:
    """The image, in UTF-8."""
    left, right = _clean(label), _clean(text)
    shown = [_cut(left, CHARACTERS), _cut(right, CHARACTERS)]
    lengths = [_length_of(one) for one in shown]
    widths = [length + 2 * _PADDING for length in lengths]
    title = escape(_cut(f"{left}: {right}", _TITLE_CHARACTERS), {'"': "&quot;"})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sum(widths)}" height="{_HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<rect width="{sum(widths)}" height="{_HEIGHT}" rx="3" fill="{colour}"/>',
        f'<path d="M3 0h{widths[0] - 3}v{_HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#444"/>',
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
        *(
            f'<text x="{place}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs">{escape(one)}</text>'
            for place, length, one in zip((_PADDING, widths[0] + _PADDING), lengths, shown, strict=True)
        ),
        "</g></svg>",
    ]
    return "".join(parts).encode()


def _clean(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text).split()) or "?"


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _length_of(text: str) -> int:
    """About the length in pixels at 11 px."""
    return round(sum(map(_width_of, text)))


def _width_of(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 12
    return 4.2 if character in _NARROW else 10 if character in _WIDE else 6.9
