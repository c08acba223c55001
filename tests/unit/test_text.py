"""Classes, likeness and hot topics of messages, on small made-up corpora whose answers are plain."""

import io
import pickle
import random
import zipfile

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled
from gezhi.solvers.text import (
    Message,
    dump,
    figures,
    hot_topics,
    load,
    places,
    predict,
    segment,
    similar,
    split,
    train,
)
from gezhi.solvers.text.features import BLOCKS, learn
from gezhi.solvers.text.figures import calibration_error

MATTERS = {
    "噪音": ["施工", "夜间", "噪音", "扰民"],
    "路灯": ["路灯", "不亮", "夜里", "摔倒"],
    "油烟": ["油烟", "餐馆", "烧烤", "呛人"],
}
FILLING = ["小区", "门口", "最近", "天天", "老人", "孩子", "物业", "电话", "处理", "几次"]


def corpus(number, seed=1):
    """``number`` messages: three of the matter's four words and four of no matter."""
    chance = random.Random(seed)  # noqa: S311
    texts, labels = [], []
    for place in range(number):
        label = sorted(MATTERS)[place % 3]
        words = chance.sample(MATTERS[label], 3) + chance.sample(FILLING, 4)
        chance.shuffle(words)
        texts.append(words)
        labels.append(label)
    return texts, labels


TEXTS, LABELS = corpus(90)
MODEL = train(TEXTS, LABELS)


@pytest.mark.parametrize(("place", "unit", "longest", "least"), [(0, "word", 2, 2), (1, "char", 3, 3)])
def test_features_are_those_of_a_well_known_library(place, unit, longest, least):
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [*TEXTS, ["路", "🙂", "灯"], []]
    joined = [(" " if unit == "word" else "").join(words) for words in texts]
    settings = {"ngram_range": (1, longest), "min_df": least, "sublinear_tf": True}
    if unit == "word":
        theirs = TfidfVectorizer(tokenizer=str.split, token_pattern=None, **settings)
    else:
        theirs = TfidfVectorizer(analyzer="char", lowercase=False, **settings)
    expected = theirs.fit_transform(joined)
    space = learn(texts)
    width = len(space.vocabularies[place].keys)
    ours = space.transform(texts)[:, space.offsets()[place] :][:, :width]
    assert ours.shape == expected.shape
    # The columns stand in another order: compare what does not depend on it, each row's sorted values and all cosines.
    assert np.allclose(np.sort(ours.toarray()), np.sort(expected.toarray()), atol=1e-6)
    assert np.allclose((ours @ ours.T).toarray(), (expected @ expected.T).toarray(), atol=1e-6)


def test_the_head_of_a_text_is_seen_by_itself():
    long = ["一"] * 50
    space = learn([["甲", *long], ["甲", *long], [*long, "甲"], [*long, "甲"]])
    offset = space.offsets()[2]
    heads = space.transform([["甲", *long], [*long, "甲"]])[:, offset : offset + len(space.vocabularies[2].keys)]
    assert (heads[0] != heads[1]).nnz > 0
    assert BLOCKS[2].head == 20


def test_new_texts_are_classified_with_reasons():
    texts, labels = corpus(60, seed=2)
    found = predict(MODEL, texts, explain=3)
    assert [one.label for one in found] == labels
    for one, label in zip(found, labels, strict=True):
        assert sum(one.probabilities.values()) == pytest.approx(1)
        assert one.probability == max(one.probabilities.values())
        assert set(one.words[0][0].split()) & set(MATTERS[label])
    assert predict(MODEL, []) == []


def test_unknown_words_leave_doubt():
    sure, doubt = predict(MODEL, [["施工", "噪音"], ["没", "见过", "的", "词"]])
    assert doubt.probability < sure.probability


def test_training_is_deterministic_and_two_classes_do():
    assert dump(train(TEXTS, LABELS)) == dump(MODEL)
    two = train(TEXTS, ["油烟" if label == "油烟" else "其他" for label in LABELS])
    assert [one.label for one in predict(two, [["油烟", "呛人"], ["路灯", "不亮"]])] == ["油烟", "其他"]


@pytest.mark.parametrize(
    ("texts", "labels", "field"),
    [
        ([], [], "labels"),
        ([["a"], ["b"]], ["x", "x"], "labels"),
        ([["a"]], ["x", "y"], "labels"),
        ([[], []], ["x", "y"], "texts"),
        ([["a"], ["b"]], ["x", "y"], "texts"),
    ],
)
def test_a_corpus_that_teaches_nothing(texts, labels, field):
    with pytest.raises(InvalidInput) as refused:
        train(texts, labels)
    assert refused.value.field == field


def test_training_can_be_stopped():
    with pytest.raises(Cancelled):
        train(TEXTS, LABELS, should_stop=lambda: True)


def test_a_model_survives_its_file():
    again = load(dump(MODEL))
    assert predict(again, TEXTS, explain=2) == predict(MODEL, TEXTS, explain=2)


class Bomb:
    """Runs code when it is unpickled."""

    exploded = False

    def __reduce__(self):
        return (setattr, (Bomb, "exploded", True))


def repacked(name, content):
    source, target = zipfile.ZipFile(io.BytesIO(dump(MODEL))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            archive.writestr(entry.filename, content if entry.filename == name else source.read(entry.filename))
    return target.getvalue()


def array(values, **more):
    target = io.BytesIO()
    np.save(target, np.array(values, **more), allow_pickle=True)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        pickle.dumps(Bomb()),
        dump(MODEL)[:1000],
        repacked("meta.json", b"{}"),
        repacked("meta.json", b"[]"),
        repacked("meta.json", b"\xff"),
        repacked("weights.npy", array([[Bomb()]], dtype=object)),
        repacked("weights.npy", array([[1.0]], dtype=np.float32)),
        repacked("weights.npy", array(np.full(MODEL.weights.shape, np.nan), dtype=np.float32)),
        repacked("bias.npy", array([1.0, 2.0], dtype=np.float64)),
        repacked("keys0.npy", array(np.arange(1, len(MODEL.space.vocabularies[0].keys) + 1) << 40, dtype=np.int64)),
        repacked("keys1.npy", array(MODEL.space.vocabularies[1].keys[::-1], dtype=np.int64)),
    ],
    ids=range(13),
)
def test_a_file_that_is_no_model_is_refused_and_runs_nothing(content):
    with pytest.raises(InvalidInput) as refused:
        load(content)
    assert refused.value.field == "model"
    assert not Bomb.exploded


def test_raw_text_becomes_words():
    words = segment("尊敬的领导：您好！我们小区有一盏路灯坏了，请处理。")
    assert "路灯" in words
    assert not {"的", "您好", "，", "！"} & set(words)
    assert split("A3 区  路灯") == ["a3", "区", "路灯"]


def test_the_nearest_message_is_found():
    found = similar(
        MODEL.space, ["路灯", "夜里", "不亮"], [["施工", "噪音"], ["路灯", "不亮", "夜里", "摔倒"], ["油烟"]]
    )
    assert [near.place for near in found] == [1]
    assert 0.2 <= found[0].likeness <= 1
    assert similar(MODEL.space, ["路灯"], []) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("反映丽发新城小区附近搅拌站噪音扰民", {"丽发新城"}),
        ("A5区劳动东路魅力之城小区油烟扰民", {"劳动东路", "魅力之城"}),
        ("投诉天顶街道办事处", {"天顶街道"}),
        ("A市绿地海外滩二期没交房", {"绿地海外滩"}),
        ("通道穿越东四路，线跨过月亮岛", {"东四路", "月亮岛"}),
        ("如果线路不改，希望建学校", set()),
        ("我小区的道路，人行道坏了，市政府不管", set()),
        ("", set()),
    ],
)
def test_places(text, found):
    assert places(text) == found


DAY = 86_400.0


def messages():
    """Noise at one site, growing; lamps at two roads; single messages on anything."""
    chance = random.Random(3)  # noqa: S311
    some = []
    for number in range(8):
        words = ["搅拌站", "噪音", "灰尘", "扰民", "居民", *chance.sample(FILLING, 3)]
        some.append(Message(f"n{number}", tuple(words), frozenset({"丽发新城"}), (90 + number) * DAY, votes=number))
    for road, first in (("香樟路", 0), ("远大路", 5)):
        for number in range(4):
            words = ["路灯", "不亮", "夜里", "摔倒", *chance.sample(FILLING, 3)]
            some.append(Message(f"{road}{number}", tuple(words), frozenset({road}), (first + number) * DAY))
    for number in range(30):
        # Characters that stand nowhere else.
        words = [chr(0x5000 + 8 * number + 2 * place) + chr(0x5001 + 8 * number + 2 * place) for place in range(4)]
        some.append(Message(f"s{number}", tuple(words), frozenset(), 3.0 * number * DAY))
    return some


def test_the_same_matter_at_the_same_place_is_a_topic():
    found = hot_topics(messages())
    assert sorted(found[0].messages) == [f"n{number}" for number in range(8)]
    assert found[0].growing
    assert found[0].places == ("丽发新城",)
    assert "搅拌站" in found[0].words
    assert (found[0].peak, found[0].recent, found[0].before) == (8, 8, 0)
    assert sorted(sorted({name[:3] for name in topic.messages}) for topic in found[1:]) == [["远大路"], ["香樟路"]]
    assert not any(topic.growing for topic in found[1:])


def test_one_shared_phrase_makes_no_topic():
    some = [
        Message(
            str(number),
            ("请", "处理", *(chr(0x5000 + 16 * number + place) for place in range(12))),
            frozenset(),
            number * DAY,
        )
        for number in range(6)
    ]
    assert hot_topics(some) == []


def test_topics_do_not_depend_on_the_order_of_messages():
    assert hot_topics(messages()[::-1]) == hot_topics(messages())


def told_in_two_ways():
    """Eleven messages on one matter, six of them in other words than five; and sixty on anything."""
    chance = random.Random(5)  # noqa: S311
    pool = [chr(0x5000 + 2 * number) + chr(0x5001 + 2 * number) for number in range(200)]
    some = [
        Message(f"{way}{number}", (*words, *chance.sample(pool, 20)), frozenset(), (first + number) * DAY, votes=votes)
        for way, words, first, many, votes in (
            ("a", ("人才", "购房", "补贴", "申请"), 0, 6, 1),
            ("b", ("人才", "新政", "补贴", "停发"), 20, 5, 0),
        )
        for number in range(many)
    ]
    return some + [
        Message(f"s{number}", tuple(chance.sample(pool, 24)), frozenset(), number * DAY) for number in range(60)
    ]


def test_a_matter_told_in_two_ways_is_one_topic_with_the_heat_of_both():
    first, *others = hot_topics(told_in_two_ways())
    assert sorted(first.messages) == [*(f"a{number}" for number in range(6)), *(f"b{number}" for number in range(5))]
    assert first.heat == pytest.approx(6 * (1 + np.log(2)) + 5)
    assert (first.peak, first.first_s, first.last_s) == (11, 0, 24 * DAY)
    assert {"人才", "补贴"} <= set(first.words)
    assert 0 < first.likeness < 1
    assert not any(name[0] in "ab" for topic in others for name in topic.messages)
    assert hot_topics(told_in_two_ways()[::-1]) == [first, *others]


def test_the_future_is_not_known():
    assert not any(topic.messages[0].startswith("n") for topic in hot_topics(messages(), now_s=60 * DAY))
    assert hot_topics([]) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ([Message("n0", ("a",), frozenset(), 1.0)], "messages[46].id"),
        ([Message("x", ("a",), frozenset(), float("nan"))], "messages[46]"),
        ([Message("x", ("a",), frozenset(), 1.0, votes=-1)], "messages[46]"),
    ],
)
def test_messages_that_cannot_be(change, field):
    with pytest.raises(InvalidInput) as refused:
        hot_topics([*messages(), *change])
    assert refused.value.field == field


def test_figures_by_hand():
    # Class a: 2 of 3 found, 2 of 2 claims right: F1 0.8. Class b: 1 of 1 found, 1 of 2 claims right: F1 2/3.
    measured = figures(["a", "a", "a", "b"], ["a", "a", "b", "b"], [0.9, 0.9, 0.6, 0.6])
    assert measured.accuracy == 0.75
    assert measured.classes["a"].f1 == pytest.approx(0.8)
    assert measured.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    # Two at 0.9, both right: 0.1 off. Two at 0.6, one right: 0.1 off.
    assert measured.calibration_error == pytest.approx(0.1)
    assert calibration_error([], []) == 0
    with pytest.raises(InvalidInput):
        figures([], [], [])


@pytest.mark.shared_data
def test_real_messages_are_classified_well(shared_data):
    from benchmarks.solve_text import records

    rows = records(shared_data / "teddy2020_c" / "messages_labelled_segmented.csv.gz")[::6]
    texts, labels = [split(row["text_segmented"]) for row in rows], [row["label"] for row in rows]
    half = [place for place in range(len(rows)) if place % 4]
    rest = [place for place in range(len(rows)) if not place % 4]
    model = train([texts[place] for place in half], [labels[place] for place in half])
    found = predict(model, [texts[place] for place in rest])
    measured = figures(
        [labels[place] for place in rest], [one.label for one in found], [one.probability for one in found]
    )
    assert measured.macro_f1 > 0.85
    assert measured.calibration_error < 0.05


@pytest.mark.parametrize("asked", [0, 1])
def test_the_search_for_topics_can_be_stopped(asked):
    calls = iter(range(100))
    with pytest.raises(Cancelled):
        hot_topics(messages(), should_stop=lambda: next(calls) >= asked)
