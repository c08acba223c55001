"""Which topics are one matter: what speaks for it, and what against, on topics of three messages whose likeness is given."""

import random

import numpy as np
import pytest
from scipy import sparse

from gezhi.solvers.certificate import Cancelled
from gezhi.solvers.text import Message
from gezhi.solvers.text.matters import ALIKE, TOGETHER, one_matter

ENOUGH = 0.4
WITH_A_PLACE = 0.3


def put_together(one, other, cosine, *, besides=(), should_stop=lambda: False):
    """Whether two topics become one. Each is words of a title, and a place or none; ``besides``: titles of other messages."""
    rows, messages = [], []
    for topic, row in ((one, (1.0, 0.0, 0.0)), (other, (cosine, np.sqrt(1 - cosine**2), 0.0))):
        words, place = topic
        for _ in range(3):
            name = f"{len(messages)}"
            messages.append(Message(name, (*words, f"字{name}词"), frozenset([place] if place else ()), 0.0))
            rows.append(row)
    for words in besides:
        messages.append(Message(str(len(messages)), words, frozenset(), 0.0))
        rows.append((0.0, 0.0, 1.0))
    found = one_matter([[0, 1, 2], [3, 4, 5]], messages, sparse.csr_matrix(np.array(rows)), should_stop=should_stop)
    assert found in ([[0, 1, 2], [3, 4, 5]], [[0, 1, 2, 3, 4, 5]])
    return len(found) == 1


SUBSIDY = (("人才", "购房", "补贴", "申请"), None), (("人才", "租房", "补贴", "停发"), None)


def test_words_that_stand_nowhere_else_make_topics_one():
    assert put_together(*SUBSIDY, ENOUGH)
    assert not put_together(*SUBSIDY, ALIKE / TOGETHER - 0.01)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Different places.
        (
            (("枫林苑", "餐馆", "油烟", "夜里", "噪音"), "枫林苑"),
            (("香樟园", "餐馆", "油烟", "天天", "噪音"), "香樟园"),
        ),
        # One name, and nothing else: it stands in one piece, be it cut into three words.
        ((("滨江", "天著", "二期", "电梯", "坏"), None), (("滨江", "天著", "二期", "幼儿园", "收费"), None)),
        ((("枫林苑", "电梯", "坏"), "枫林苑"), (("枫林苑", "幼儿园", "收费"), "枫林苑")),
        # The same call for action.
        ((("加快", "图书馆", "建设", "力度", "刻不容缓"), None), (("加快", "医院", "建设", "力度", "刻不容缓"), None)),
        # Numbers and codes.
        ((("a7", "路灯", "2019", "110"), None), (("a7", "公交", "2019", "110"), None)),
        # The same road, where much may happen.
        ((("东六路", "照明", "路口", "太暗"), "东六路"), (("东六路", "飙车", "路口", "扰民"), "东六路")),
    ],
    ids=["places", "name", "estate", "asking", "codes", "road"],
)
def test_what_speaks_against_one_matter(one, other):
    assert not put_together(one, other, 0.9)


def test_a_place_that_only_one_names_does_not_speak_against_it():
    assert put_together((("枫林苑", *SUBSIDY[0][0]), "枫林苑"), SUBSIDY[1], ENOUGH)


def test_a_shared_place_makes_less_likeness_do():
    plant = ("丽发新城", "搅拌站", "灰尘"), "丽发新城"
    assert put_together(plant, (("万科", "丽发新城", "夜里", "搅拌站"), "万科丽发新城"), WITH_A_PLACE)
    assert not put_together((plant[0], None), (("夜里", "搅拌站"), None), WITH_A_PLACE)


def test_words_that_stand_in_many_titles_lead_to_nothing():
    besides = [("补贴", f"人才{number}") for number in range(6)] + [("人才", "市场") for _ in range(12)]
    assert put_together(*SUBSIDY, ENOUGH, besides=besides[:6])
    assert not put_together(*SUBSIDY, ENOUGH, besides=besides * 2)


def test_pairs_are_left_alone():
    messages = [Message(str(number), ("人才", "新政", "补贴"), frozenset(), 0.0) for number in range(5)]
    unit = sparse.csr_matrix(np.ones((5, 1)))
    assert one_matter([[3, 4], [0, 1, 2]], messages, unit) == [[0, 1, 2], [3, 4]]
    assert one_matter([[1, 0]], messages, unit) == [[0, 1]]
    assert one_matter([], messages, unit) == []


def test_three_topics_become_one_whatever_their_order():
    ways = [("购房", "申请"), ("租房", "停发"), ("新政", "落户")]
    messages = [
        Message(f"{way}{number}", ("人才", words[0], "补贴", words[1]), frozenset(), 0.0)
        for way, words in enumerate(ways)
        for number in range(3)
    ]
    unit = sparse.csr_matrix(np.repeat(np.eye(4)[:3] * 0.8 + np.eye(4)[3] * 0.6, 3, axis=0))
    topics = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    for seed in range(6):
        random.Random(seed).shuffle(topics)  # noqa: S311
        assert one_matter(topics, messages, unit) == [list(range(9))]


def test_it_can_be_stopped():
    with pytest.raises(Cancelled):
        put_together(*SUBSIDY, ENOUGH, should_stop=lambda: True)
