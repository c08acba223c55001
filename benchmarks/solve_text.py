"""Classes and hot topics of citizens' messages: macro-F1 in five folds, calibration, speed, beside TF-IDF with LinearSVC."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._judged_topics import ONE_MATTER, TWO_MATTERS
from benchmarks._report import data_folder, row
from gezhi.interfaces.cli.text_topics import seconds
from gezhi.interfaces.imports.source import Record, read_records
from gezhi.solvers.text import Message, Topic, dump, figures, hot_topics, load, places, predict, segment, split, train
from gezhi.solvers.text.features import learn
from gezhi.solvers.text.similar import rows_of_one

Floats = NDArray[np.float64]
FOLDS, SEED = 5, 42
TOP = 30  # ranks of hot topics that somebody reads every week
TWIN = 0.5  # a training row as near as this to a message is its twin: the same message, or written by the same hand
DRAWS = 3  # draws of a tenth of the rows


def records(path: Path) -> list[Record]:
    """All rows of a file."""
    return [record for _, record in read_records(path)]


def folds(texts: list[list[str]], labels: list[str], *, grouped: bool) -> list[tuple[list[int], list[int]]]:
    """Stratified folds; with ``grouped`` equal texts lie in one fold, so that no test text was learnt by heart."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if grouped:
        groups = [" ".join(words) for words in texts]
        parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, labels, groups)
    else:
        parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, labels)
    return [(learning.tolist(), testing.tolist()) for learning, testing in parts]


def peer(texts: list[list[str]], labels: list[str], learning: list[int], testing: list[int]) -> tuple[float, float]:
    """Macro-F1 and CPU seconds of what anybody would try first: word TF-IDF and LinearSVC as they come."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    start = time.process_time()
    space = TfidfVectorizer(tokenizer=str.split, token_pattern=None)
    machine = LinearSVC(random_state=SEED).fit(
        space.fit_transform(" ".join(texts[place]) for place in learning), [labels[place] for place in learning]
    )
    found = machine.predict(space.transform(" ".join(texts[place]) for place in testing))
    measured = figures([labels[place] for place in testing], found.tolist(), [1.0] * len(testing))
    return measured.macro_f1, time.process_time() - start


def _segmented(folder: Path) -> tuple[list[list[str]], list[str]]:
    rows = records(folder / "messages_labelled_segmented.csv.gz")
    return [split(entry["text_segmented"]) for entry in rows], [entry["label"] for entry in rows]


def _classes(texts: list[list[str]], labels: list[str]) -> None:
    for grouped in (False, True):
        f1, other_f1, train_s, text_ms, other_s = [], [], [], [], []
        truth: list[str] = []
        found = []
        for learning, testing in folds(texts, labels, grouped=grouped):
            start = time.process_time()
            model = train([texts[place] for place in learning], [labels[place] for place in learning], seed=SEED)
            trained = time.process_time()
            guesses = predict(model, [texts[place] for place in testing])
            train_s.append(trained - start)
            text_ms.append((time.process_time() - trained) / len(testing) * 1e3)
            known = [labels[place] for place in testing]
            f1.append(figures(known, [one.label for one in guesses], [one.probability for one in guesses]).macro_f1)
            truth += known
            found += guesses
            if not grouped:
                figure, spent = peer(texts, labels, learning, testing)
                other_f1.append(figure)
                other_s.append(spent)
        whole = figures(truth, [one.label for one in found], [one.probability for one in found])
        mean, error = statistics.fmean(f1), whole.calibration_error
        kind = "equal texts kept together" if grouped else f"stratified, seed {SEED}"
        aim, holds = ("", None) if grouped else (">= 0.935", mean >= 0.935)
        row(f"macro-F1, {FOLDS} folds, {kind}", f"{mean:.4f}", aim, holds, f"{max(train_s):.1f}")
        row("  of the folds", " ".join(f"{one:.3f}" for one in f1), "", None, "")
        row("  expected calibration error, 15 bins", f"{error:.4f}", "<= 0.03", error <= 0.03, "")
        if not grouped:
            worst = max(train_s)
            row("  training, slowest fold", f"{worst:.1f} s", "< 60 s", worst < 60, "")
            row("  prediction", f"{max(text_ms):.2f} ms", "< 1 ms", max(text_ms) < 1, "")
            row("  peer: word TF-IDF + LinearSVC", f"{statistics.fmean(other_f1):.4f}", "", None, f"{max(other_s):.1f}")


def _nearest(texts: list[list[str]], others: list[list[str]]) -> Floats:
    """For each text the cosine to the nearest of others."""
    space = learn([*texts, *others])
    unit = rows_of_one(space.transform([*texts, *others]))
    return np.asarray((unit[: len(texts)] @ unit[len(texts) :].T).max(axis=1).todense(), dtype=np.float64).ravel()


def _draws(texts: list[list[str]], labels: list[str]) -> None:
    """Calibration and accuracy on a tenth of the rows whose twins the model has not seen, drawn anew for each seed."""
    errors, accuracies = [], []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(texts)).tolist()
        testing, rest = order[: len(texts) // 10], order[len(texts) // 10 :]
        near = _nearest([texts[place] for place in rest], [texts[place] for place in testing])
        learning = [place for place, cosine in zip(rest, near.tolist(), strict=True) if cosine < TWIN]
        model = train([texts[place] for place in learning], [labels[place] for place in learning], seed=seed)
        found = predict(model, [texts[place] for place in testing])
        measured = figures(
            [labels[place] for place in testing], [one.label for one in found], [one.probability for one in found]
        )
        errors.append(measured.calibration_error)
        accuracies.append(measured.accuracy)
    worst = max(errors)
    row(
        f"accuracy, {DRAWS} draws of a tenth, twins out of training",
        f"{statistics.fmean(accuracies):.4f}",
        "",
        None,
        "",
    )
    row("  expected calibration error, mean of draws", f"{statistics.fmean(errors):.4f}", "<= 0.03", None, "")
    row("  expected calibration error, worst draw", f"{worst:.4f}", "<= 0.03", worst <= 0.03, "")


def _raw(folder: Path, texts: list[list[str]], labels: list[str]) -> None:
    rows = records(folder / "raw_labelled_921.csv.gz")
    start = time.process_time()
    raw = [segment(entry["raw"]) for entry in rows]
    spent = (time.process_time() - start) / len(rows) * 1e3
    kept = np.flatnonzero(_nearest(texts, raw) < TWIN).tolist()
    model = train([texts[place] for place in kept], [labels[place] for place in kept], seed=SEED)
    found = predict(model, raw)
    measured = figures(
        [entry["一级标签"] for entry in rows], [one.label for one in found], [one.probability for one in found]
    )
    twins = len(texts) - len(kept)
    row(f"macro-F1 on 921 raw texts, {twins} twins out of training", f"{measured.macro_f1:.4f}", "", None, "")
    row("  accuracy", f"{measured.accuracy:.4f}", "", None, "")
    error = measured.calibration_error
    row("  expected calibration error, 15 bins", f"{error:.4f}", "<= 0.03", error <= 0.03, "")
    row("  segmenting a raw text (jieba)", f"{spent:.2f} ms", "", None, "")


def _file(texts: list[list[str]], labels: list[str]) -> None:
    some = slice(None, None, 5)
    first, second = (dump(train(texts[some], labels[some], seed=SEED)) for _ in range(2))
    start = time.process_time()
    load(first)
    row("model file: same bytes twice", f"{len(first) / 1e6:.1f} MB", "same", first == second, "")
    row("  read back", f"{time.process_time() - start:.2f} s", "", None, "")


def read_messages(folder: Path) -> tuple[list[Message], dict[str, str]]:
    """The messages for hot topics, and their titles by id."""
    messages, titles = [], {}
    for entry in records(folder / "附件3_热点_4326.xlsx"):
        raw = f"{entry['留言主题']} {' '.join(entry['留言详情'].split())}"
        votes = sum(int(float(entry[column] or 0)) for column in ("反对数", "点赞数"))
        at_s = seconds(entry["留言时间"], entry["留言编号"])
        messages.append(Message(entry["留言编号"], tuple(segment(raw)), places(raw), at_s, votes))
        titles[entry["留言编号"]] = entry["留言主题"]
    return messages, titles


def _judged(found: list[Topic]) -> None:
    """How the topics agree with who has read the titles: pairs of messages on one matter, and on two."""
    rank = {name: number for number, topic in enumerate(found, start=1) for name in topic.messages}
    ranks = {
        pairs: [(rank.get(one, len(rank)), rank.get(other, 2 * len(rank))) for one, other in pairs]
        for pairs in (ONE_MATTER, TWO_MATTERS)
    }
    together = sum(one == other for one, other in ranks[ONE_MATTER])
    apart = sum(one != other for one, other in ranks[TWO_MATTERS])
    split = {min(pair) for pair in ranks[ONE_MATTER] if len(set(pair)) > 1 and min(pair) <= TOP}
    row("  judged pairs on one matter: in one topic", f"{together} of {len(ONE_MATTER)}", "", None, "")
    row("  judged pairs on two: apart", f"{apart} of {len(TWO_MATTERS)}", "all", apart == len(TWO_MATTERS), "")
    row(f"  matters of the first {TOP} that stand at a later rank too", str(len(split)), "", None, "")


def _topics(folder: Path, top: int = 10) -> None:
    messages, titles = read_messages(folder)
    start = time.process_time()
    found = hot_topics(messages)
    row(f"hot topics in {len(messages)} messages", str(len(found)), "", None, f"{time.process_time() - start:.1f}")
    _judged(found)
    for number, topic in enumerate(found[:top], start=1):
        first, last = (datetime.fromtimestamp(at_s, tz=UTC).date() for at_s in (topic.first_s, topic.last_s))
        print(
            f"{number:3}. heat {topic.heat:.1f}, {len(topic.messages)} messages, {first} to {last}: {' '.join(topic.words)}"
        )
        print(f"     at {', '.join(topic.places) or 'no one place'}{'; growing' if topic.growing else ''}")
        for name in topic.messages:
            print(f"       {name} {titles[name]}")


def run() -> None:
    """Print the table, then the hottest topics with their messages."""
    folder = data_folder("teddy2020_c")
    if folder is None:
        print("skipped: no folder with the labelled messages")
        return
    texts, labels = _segmented(folder)
    row("figure", "value", "aim", None, "CPU s")
    _classes(texts, labels)
    _draws(texts, labels)
    _raw(folder, texts, labels)
    _file(texts, labels)
    _topics(folder)
