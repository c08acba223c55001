"""An index of names that many processes read from the same files.

Each spelling of a name is kept, and a list of names for each gram of a kind of spelling: two signs or initials, three letters, with
a mark before the first and behind the last. 500,000 names take some 150 MB, on disk and, once for all processes, in memory.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.gazetteer.words import Reader, Spelling, folded, is_han, parts, spelled, without_crossing

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

# The marks before the first and behind the last sign.
_BEFORE, _BEHIND = 1, 2
# How a sign is read that is neither usual nor in a name: were it left out, the rest would be taken for the whole.
_UNREAD = "\ufffd"
# Signs of a gram by spelling: what stands there, letters, initials.
SPANS = (2, 3, 2)
_SIGN_BITS = np.uint64(21)
# What the names of areas end in, and may be left out.
_AREA_ENDS = ("街道办事处", "街道", "社区", "新区", "开发区", "居委会", "区", "县", "市", "镇", "乡", "村")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place to be found: its names (the first is shown), where it lies, and the areas around it.

    ``name_en`` is shown in its place where English is read; empty where it has none.

    ``kind`` is any word. ``inside`` is the place in the list of the area that it lies in, −1 for none: areas come before what
    lies in them. ``is_area`` says that others may be looked for inside it by its name; ``is_crossing``, that a name is that of
    two roads.
    """

    names: tuple[str, ...]
    kind: str
    key: str
    lon: float
    lat: float
    inside: int = -1
    is_area: bool = False
    is_crossing: bool = False
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class KindWord:
    """A word for a kind of place, in any language: for those whose names hold one of ``like``, if any are given, and none of
    ``unlike``. ``is_alone``: only where nothing else was typed."""

    word: str
    kind: str
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    is_alone: bool = False

    def means(self, name: str) -> bool:
        """Whether a place of the kind that has this name is meant."""
        return (not self.like or any(part in name for part in self.like)) and not any(p in name for p in self.unlike)


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts one behind the other in UTF-8, and where each begins (one more than there are)."""

    signs: Bytes
    start: NDArray[np.uint32]

    def __getitem__(self, place: int) -> str:
        return bytes(self.signs[self.start[place] : self.start[place + 1]]).decode()

    def __len__(self) -> int:
        return len(self.start) - 1


@dataclass(frozen=True, eq=False)
class Grams:
    """The grams of a spelling, in order, and behind ``start`` the spellings that have each; ``count``: grams of each spelling."""

    gram: NDArray[np.uint64]
    start: Ints
    spelling: Int32s
    count: Int32s

    def of(self, gram: int) -> Int32s:
        """The spellings that have the gram, in order."""
        at = int(np.searchsorted(self.gram, np.uint64(gram)))
        if at == len(self.gram) or int(self.gram[at]) != gram:
            return self.spelling[:0]
        return self.spelling[self.start[at] : self.start[at + 1]]


@dataclass(frozen=True, eq=False)
class PlaceIndex:
    """What ``find`` looks into. Spellings are numbered; ``place`` is whose each is.

    ``kind_words``: folded word → the kinds that it may mean. ``lesser``: kinds that are named after what they stand beside.
    """

    shown: Texts
    english: Texts
    kind: Int32s
    key: Texts
    lon: Floats
    lat: Floats
    inside: Int32s
    place: Int32s
    spellings: tuple[Texts, Texts, Texts]
    grams: tuple[Grams, Grams, Grams]
    kinds: tuple[str, ...]
    areas: dict[str, list[int]]
    readings: dict[str, str]
    kind_words: dict[str, list[KindWord]]
    lesser: frozenset[str]

    def __len__(self) -> int:
        return len(self.kind)

    def read(self, signs: str) -> list[str]:
        """The syllables of Chinese signs, each as it is read in most of the names; of one that is unknown, one like no other."""
        return [self.readings.get(sign, _UNREAD) for sign in signs]

    def around(self, place: int) -> list[int]:
        """The areas that a place lies in, the smallest first."""
        found: list[int] = []
        while (place := int(self.inside[place])) >= 0:
            found.append(place)
        return found

    def save(self, folder: Path) -> None:
        """Write it into an empty folder."""
        folder.mkdir(parents=True)
        for name, array in _arrays(self).items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        words = {
            "kinds": self.kinds,
            "areas": self.areas,
            "readings": self.readings,
            "kind_words": {word: [astuple(one) for one in listed] for word, listed in self.kind_words.items()},
            "lesser": sorted(self.lesser),
        }
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> PlaceIndex:
        """Read it from its folder; the large arrays stay on disk until they are looked at."""

        def array(name: str) -> NDArray[Any]:
            # A plain view of it: a memmap's own class makes each slice slow.
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)).view(np.ndarray)

        def texts(name: str) -> Texts:
            return Texts(*(array(f"{name}-{field.name}") for field in fields(Texts)))

        def grams(kind: int) -> Grams:
            return Grams(*(array(f"grams-{kind}-{field.name}") for field in fields(Grams)))

        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(
            shown=texts("shown"),
            english=texts("english"),
            key=texts("key"),
            spellings=(texts("spelling-0"), texts("spelling-1"), texts("spelling-2")),
            grams=(grams(0), grams(1), grams(2)),
            **{name: array(name) for name in _PLAIN},
            kinds=tuple(words["kinds"]),
            areas=words["areas"],
            readings=words["readings"],
            kind_words={
                word: [
                    KindWord(text, kind, tuple(like), tuple(unlike), alone)
                    for text, kind, like, unlike, alone in listed
                ]
                for word, listed in words["kind_words"].items()
            },
            lesser=frozenset(words["lesser"]),
        )


_PLAIN = ("kind", "lon", "lat", "inside", "place")


def _arrays(index: PlaceIndex) -> dict[str, NDArray[np.generic]]:
    found: dict[str, NDArray[np.generic]] = {name: getattr(index, name) for name in _PLAIN}
    texts = {"shown": index.shown, "english": index.english, "key": index.key} | {
        f"spelling-{n}": one for n, one in enumerate(index.spellings)
    }
    for name, one in texts.items():
        found |= {f"{name}-{field.name}": getattr(one, field.name) for field in fields(Texts)}
    for n, grams in enumerate(index.grams):
        found |= {f"grams-{n}-{field.name}": getattr(grams, field.name) for field in fields(Grams)}
    return found


def build_index(
    entries: Iterable[Entry], *, read: Reader, kind_words: Iterable[KindWord] = (), lesser: Collection[str] = ()
) -> PlaceIndex:
    """The index of some places. ``read`` gives the syllables of a run of Chinese signs.

    ``kind_words``: how people call kinds of places. ``lesser``: kinds that come behind others of the same name close by.
    """
    listed = list(entries)
    remembered = lru_cache(maxsize=200_000)(lambda signs: tuple(read(signs)))
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    spellings: list[Spelling] = []
    place: list[int] = []
    for number, entry in enumerate(listed):
        for name in dict.fromkeys(entry.names):
            plain = folded(name)
            if entry.is_crossing:
                plain = without_crossing(plain)
            found = spelled(plain, remembered)
            if found.signs:
                spellings.append(found)
                place.append(number)
            for part in filter(is_han, parts(plain)):
                for sign, syllable in zip(part, remembered(part), strict=False):
                    heard[sign][syllable] += 1
    kinds = tuple(dict.fromkeys(entry.kind for entry in listed))
    of_kind = {kind: number for number, kind in enumerate(kinds)}
    columns = [[getattr(one, name) for one in spellings] for name in ("signs", "letters", "initials")]
    # Who mistypes a name may choose a sign of the same sound that no name has.
    readings = _usual_readings(read) | {sign: counts.most_common(1)[0][0] for sign, counts in heard.items()}
    return PlaceIndex(
        shown=_texts([entry.names[0] for entry in listed]),
        english=_texts([entry.name_en for entry in listed]),
        kind=np.array([of_kind[entry.kind] for entry in listed], dtype=np.int32),
        key=_texts([entry.key for entry in listed]),
        lon=np.array([entry.lon for entry in listed], dtype=float),
        lat=np.array([entry.lat for entry in listed], dtype=float),
        inside=np.array([entry.inside for entry in listed], dtype=np.int32),
        place=np.array(place, dtype=np.int32),
        spellings=(_texts(columns[0]), _texts(columns[1]), _texts(columns[2])),
        grams=(_grams(columns[0], SPANS[0]), _grams(columns[1], SPANS[1]), _grams(columns[2], SPANS[2])),
        kinds=kinds,
        areas=_area_names(listed, remembered),
        readings=readings,
        kind_words=_kind_words(kind_words, remembered),
        lesser=frozenset(lesser),
    )


@lru_cache(maxsize=2)
def _usual_readings(read: Reader) -> dict[str, str]:
    """How the 6,763 Chinese signs of GB 2312 are read, each by itself."""
    rows, columns = range(0xB0, 0xF8), range(0xA1, 0xFF)
    signs = "".join(bytes((row, column)).decode("gb2312", "ignore") for row in rows for column in columns)
    return {sign: syllables[0] for sign in signs if (syllables := read(sign))}


def _kind_words(words: Iterable[KindWord], read: Reader) -> dict[str, list[KindWord]]:
    """The words for kinds by how they stand there, and by how they are read."""
    found: dict[str, list[KindWord]] = defaultdict(list)
    for word in words:
        spelling = spelled(folded(word.word), read)
        for text in dict.fromkeys((spelling.signs, spelling.letters)):
            found[text].append(word)
    return dict(found)


def _texts(texts: Sequence[str]) -> Texts:
    coded = [text.encode() for text in texts]
    start = np.concatenate([[0], np.cumsum([len(one) for one in coded], dtype=np.int64)]).astype(np.uint32)
    return Texts(np.frombuffer(b"".join(coded), dtype=np.uint8), start)


def grams_of(text: str, span: int) -> list[int]:
    """The grams of a spelling, each once, in order of their numbers."""
    return _coded([text], span)[0].tolist() if text else []


def _coded(texts: Sequence[str], span: int) -> tuple[NDArray[np.uint64], Int32s]:
    """The grams of some texts and whose each is, in order of both, each pair once."""
    marked = "".join(f"{chr(_BEFORE)}{text}{chr(_BEHIND)}" for text in texts)
    sign = np.frombuffer(marked.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    owner = np.cumsum(sign == _BEFORE, dtype=np.int32) - 1
    first = np.arange(max(0, len(sign) - span + 1))
    first = first[owner[first] == owner[first + span - 1]]
    gram = np.zeros(len(first), dtype=np.uint64)
    for step in range(span):
        gram = (gram << _SIGN_BITS) | sign[first + step]
    owner = owner[first].astype(np.int32)
    order = np.lexsort((owner, gram))
    gram, owner = gram[order], owner[order]
    fresh = np.ones(len(gram), dtype=bool)
    fresh[1:] = (gram[1:] != gram[:-1]) | (owner[1:] != owner[:-1])
    return gram[fresh], owner[fresh]


def _grams(texts: Sequence[str], span: int) -> Grams:
    gram, owner = _coded(texts, span)
    different, start = np.unique(gram, return_index=True)
    return Grams(
        gram=different,
        start=np.append(start, len(gram)).astype(np.int64),
        spelling=owner,
        count=np.bincount(owner, minlength=len(texts)).astype(np.int32),
    )


def _area_names(listed: Sequence[Entry], read: Reader) -> dict[str, list[int]]:
    """The areas of each name in signs and in letters, with and without what such names end in."""
    named: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(listed):
        for name in entry.names if entry.is_area else ():
            plain = folded(name)
            end = next((end for end in _AREA_ENDS if plain.endswith(end) and len(plain) - len(end) > 1), "")
            for short in dict.fromkeys((plain, plain.removesuffix(end))):
                found = spelled(short, read)
                for words in dict.fromkeys((found.signs, found.letters)):
                    named[words].append(number)
    return dict(named)
