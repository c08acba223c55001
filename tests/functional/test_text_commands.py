"""``gezhi text`` on files: train, evaluate, predict, topics, and what they refuse."""

import csv
import gzip
import io
import json

import openpyxl
import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.unit.test_text import MATTERS, corpus

TEXTS, LABELS = corpus(60)
HEADER = ["text", "label"]
ROWS = [[" ".join(words), label] for words, label in zip(TEXTS, LABELS, strict=True)]


def write(path, rows, header=HEADER):
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(row)
        book.save(path)
        return path
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    content = text.getvalue().encode("utf-8")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def run(*arguments):
    done = CliRunner().invoke(main, ["text", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    out = folder / "model.zip"
    done = run(
        "train", write(folder / "train.csv", ROWS), "--text", "text", "--label", "label", "--out", out, "--segmented"
    )
    assert done.exit_code == 0, done.output
    return out


@pytest.mark.parametrize("name", ["new.csv", "new.csv.gz", "new.xlsx"])
def test_predict_adds_label_and_probability(tmp_path, model, name):
    texts, labels = corpus(12, seed=5)
    rows = [[" ".join(words), label] for words, label in zip(texts, labels, strict=True)]
    source, out = write(tmp_path / name, rows), tmp_path / "out.csv"
    done = run("predict", model, source, "--text", "text", "--out", out, "--segmented", "--words", 2)
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["text", "given_label", "label", "probability", "words"]
    assert [row["label"] for row in found] == labels == [row["given_label"] for row in found]
    assert all(0 < float(row["probability"]) <= 1 for row in found)
    assert set(found[0]["words"].replace(" / ", " ").split()) & set(MATTERS[labels[0]])


def test_evaluate_prints_the_figures(tmp_path, model):
    source = write(tmp_path / "new.csv", ROWS)
    done = run("evaluate", model, source, "--text", "text", "--label", "label", "--segmented")
    answer = json.loads(done.output)
    assert (done.exit_code, answer["texts"], answer["macro_f1"]) == (0, 60, 1.0)
    assert set(answer["classes"]) == set(MATTERS)
    out = tmp_path / "figures.json"
    run("evaluate", model, source, "--text", "text", "--label", "label", "--segmented", "--out", out)
    assert json.loads(out.read_text("utf-8")) == answer


def test_raw_text_is_cut_by_jieba(tmp_path):
    rows = [
        ["小区夜间施工噪音扰民", "噪音"],
        ["夜间施工噪音太大", "噪音"],
        ["门口路灯不亮", "路灯"],
        ["路灯坏了不亮", "路灯"],
    ]
    out = tmp_path / "model.zip"
    source = write(tmp_path / "raw.xlsx", rows * 4)
    assert run("train", source, "--text", "text", "--label", "label", "--out", out).exit_code == 0
    done = run("evaluate", out, source, "--text", "text", "--label", "label")
    assert json.loads(done.output)["accuracy"] == 1.0


def topic_rows():
    rows = [
        [f"丽发新城小区附近搅拌站噪音灰尘扰民{number}", f"2026/11/{number + 1} 8:05:00", number] for number in range(5)
    ]
    return rows + [[f"咨询第{number}号事项怎么办理{'甲乙丙丁戊'[number] * 3}", "2026-06-01", 0] for number in range(5)]


def test_topics(tmp_path):
    source = write(tmp_path / "messages.csv", topic_rows(), ["text", "time", "likes"])
    out = tmp_path / "topics.json"
    arguments = ("topics", source, "--text", "text", "--time", "time", "--votes", "likes")
    assert run(*arguments, "--out", out).exit_code == 0
    answer = json.loads(out.read_text("utf-8"))
    assert answer["messages"] == 10
    first = answer["topics"][0]
    assert sorted(first["messages"]) == ["2", "3", "4", "5", "6"]
    assert (first["places"], first["first"], first["last"], first["growing"]) == (
        ["丽发新城"],
        "2026-11-01",
        "2026-11-05",
        True,
    )
    shown = run(*arguments)
    assert "5 messages" in shown.output
    assert "growing" in shown.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "FILE", "--text", "body", "--label", "label", "--out", "OUT"], "body"),
        (["train", "FILE", "--text", "text", "--label", "class", "--out", "OUT"], "class"),
        (["train", "ONE", "--text", "text", "--label", "label", "--out", "OUT"], "labels"),
        (["train", "GAP", "--text", "text", "--label", "label", "--out", "OUT"], "row 3"),
        (["train", "EMPTY", "--text", "text", "--label", "label", "--out", "OUT"], "no rows"),
        (["train", "nowhere.csv", "--text", "text", "--label", "label", "--out", "OUT"], "nowhere.csv"),
        (["train", "FILE", "--text", "text", "--label", "label", "--out", "no/such/folder/m"], "no such folder"),
        (["train", "FOLDER", "--text", "text", "--label", "label", "--out", "OUT"], "is a directory"),
        (["train", "DEEP", "--text", "text", "--label", "label", "--out", "OUT"], "deep.json"),
        (["train", "GBK", "--text", "text", "--label", "label", "--out", "OUT"], "gbk.csv"),
        (["train", "FILE", "--text", "text", "--label", "label", "--out", "FOLDER"], "is a directory"),
        (["topics", "TIMES", "--text", "text", "--time", "time", "--out", "no/such/folder/t"], "no such folder"),
        (["predict", "FILE", "FILE", "--text", "text", "--out", "OUT"], "no text model"),
        (["predict", "nowhere", "FILE", "--text", "text", "--out", "OUT"], "nowhere"),
        (["evaluate", "FILE", "FILE", "--text", "text", "--label", "label"], "no text model"),
        (["topics", "FILE", "--text", "text", "--time", "label"], "row 2"),
        (["topics", "FILE", "--text", "text", "--time", "when"], "when"),
        (["topics", "TIMES", "--text", "text", "--time", "time", "--votes", "likes"], "likes"),
        (["topics", "TIMES", "--text", "text", "--time", "time", "--days", "0"], "window"),
    ],
)
def test_bad_input_names_the_field(tmp_path, arguments, words):
    files = {
        "FILE": write(tmp_path / "file.csv", ROWS[:6]),
        "ONE": write(tmp_path / "one.csv", [["a b", "x"], ["b c", "x"]]),
        "GAP": write(tmp_path / "gap.csv", [["a b", "x"], ["b c", ""]]),
        "FOLDER": tmp_path,
        "DEEP": tmp_path / "deep.json",
        "GBK": tmp_path / "gbk.csv",
        "EMPTY": write(tmp_path / "empty.csv", []),
        "TIMES": write(tmp_path / "times.csv", [["a", "2026-11-22", "-3"]], ["text", "time", "likes"]),
        "OUT": tmp_path / "out",
    }
    files["DEEP"].write_text("[" * 100_000)
    files["GBK"].write_bytes("text,label\n中文,噪音\n".encode("gbk"))
    done = run(*(files.get(argument, argument) for argument in arguments))
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "out").exists()
