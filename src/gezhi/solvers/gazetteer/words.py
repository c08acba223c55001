"""How a name of a place is written, so that one who types it otherwise still finds it.

A name has three spellings: what stands there (Chinese signs, numbers and Latin letters), how it is read (pinyin and Latin letters,
without blanks), and its initials. A number is one sign of each of them, from ``_NUMBER`` on: '8' is no part of '18'.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gezhi.solvers.gazetteer.traditional import TO_SIMPLIFIED

# Numbers up to 65,533 have a sign of their own, in a plane that no script uses.
_NUMBER = 0xF0000
_NUMBERS = 0xFFFE
_LONG_NUMBER = 9
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_PART = re.compile(rf"[{_HAN}]+|[0-9]+|(?:(?![{_HAN}])[^\W\d_])+")
_IS_HAN = re.compile(f"[{_HAN}]")
# Different words for one thing, where they count something.
_BUILDING = re.compile(r"(?<=[0-9a-z])\s*(?:号楼|号栋|幢|座|#)")
_BRACKETS = str.maketrans(dict.fromkeys('()[]{}<>【】〔〕《》「」“”"', " "))
_ORDINAL = re.compile(r"第(?=[0-9])")
_COUNTED = re.compile(r"([零〇一二三四五六七八九十]{1,3})(?=栋|幢|座|号|单元|网格|组|区|期|楼|层|路|街|中|小)")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
# What stands between and behind the two roads of a crossing.
_CROSSING_ENDS = re.compile(
    r"(?:的)?(?:十字路口|丁字路口|交叉路口|交叉口|交汇处|交会处|相交处|(?<=[路街道巷弄的\s])路口)$"
)
# 檀溪路长虹路口: two roads and a sign that both need. With one road alone (环城路口) it is a name as any other.
_CROSSING_SHORT = re.compile(r"(?<=[路街道巷弄])(\S{2,}[路街道巷弄])口$")
_CROSSING_JOINS = re.compile(
    r"(?<=[路街道巷弄])\s*(?:与|和|跟|、|/|&|及|到)\s*(?=\S)|\s+(?:and|x|at|/|&)\s+|(?<=[a-z])\s*[/&]\s*(?=[a-z])"
)

Reader = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in its three spellings, and the signs and letters of each of its words."""

    signs: str
    letters: str
    initials: str
    words: tuple[tuple[str, str], ...]

    @property
    def has_han(self) -> bool:
        """Whether Chinese signs stand in it."""
        return has_han(self.signs)


def folded(text: str) -> str:
    """Small letters without marks over them, full-width forms as usual ones, traditional signs as simplified ones, blanks for
    brackets, numbers that count as digits."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(TO_SIMPLIFIED).translate(_BRACKETS)
    if not plain.isascii():
        apart = unicodedata.normalize("NFD", plain)
        plain = unicodedata.normalize("NFC", "".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))
    plain = _COUNTED.sub(lambda found: _in_digits(found[1]), plain)
    return _BUILDING.sub("栋", _ORDINAL.sub("", plain))


def _in_digits(number: str) -> str:
    """'二十三' as '23'; as it stands where it is no number below a hundred."""
    if "十" not in number:
        return "".join(str(_DIGITS[sign]) for sign in number) if len(number) == 1 else number
    tens, _, ones = number.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return number
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))


def without_crossing(text: str) -> str:
    """The names of a crossing's two roads alone, from a folded text; any other text as it is."""
    return _CROSSING_SHORT.sub(r"\1", _CROSSING_ENDS.sub("", _CROSSING_JOINS.sub(" ", text)))


def parts(text: str) -> list[str]:
    """Runs of Chinese signs, numbers and words of a folded text."""
    return _PART.findall(text)


def is_han(part: str) -> bool:
    """Whether a part is of Chinese signs."""
    return _IS_HAN.match(part) is not None


def has_han(text: str) -> bool:
    """Whether Chinese signs stand in a text."""
    return _IS_HAN.search(text) is not None


def is_number(sign: str) -> bool:
    """Whether a sign of a spelling stands for a number."""
    return ord(sign) >= _NUMBER


def spelled(text: str, read: Reader) -> Spelling:
    """The spellings of a folded text; ``read`` gives the syllables of a run of Chinese signs."""
    words: list[tuple[str, str]] = []
    initials: list[str] = []
    for part in parts(text):
        if part.isdecimal():
            number = int(part) if len(part) < _LONG_NUMBER else _NUMBERS
            sign = chr(_NUMBER + number) if number < _NUMBERS else part
            words.append((sign, sign))
            initials.append(sign)
        elif _IS_HAN.match(part):
            syllables = read(part)
            words.append((part, "".join(syllables)))
            initials += [syllable[0] for syllable in syllables if syllable]
        else:
            words.append((part, part))
            initials.append(part[0])
    return Spelling(
        "".join(signs for signs, _ in words), "".join(letters for _, letters in words), "".join(initials), tuple(words)
    )
