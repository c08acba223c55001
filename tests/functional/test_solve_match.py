"""``gezhi solve match`` on files: the answer, exit codes, bad input."""

import json
from functools import partial

import pytest

from tests.factories import tasks
from tests.factories.tasks import solve_file

TASK = {
    "periods": [{"id": "sat", "from_s": 0, "to_s": 28_800}],
    "needs": [
        {"id": "meal-1", "x": 0, "y": 0, "grid": "g1", "kind": "meal", "text": "给老人送饭", "urgency": 2},
        {"id": "meal-2", "x": 50, "y": 0, "grid": "g2", "kind": "meal", "sensitive": True},
        {"id": "quiet", "x": 0, "y": 0, "grid": "g1", "kind": "meal", "consent": False},
    ],
    "resources": [
        {
            "id": "canteen",
            "x": 100,
            "y": 0,
            "radius_m": 800,
            "capacity": {"sat": 2},
            "kinds": ["meal"],
            "text": "食堂送饭",
        },
        {"id": "club", "x": 400, "y": 0, "radius_m": 800, "capacity": {"sat": 1}},
    ],
}


def run(tmp_path, task, *options):
    return solve_file(tmp_path, "match", task, *options)


changed = partial(tasks.changed, TASK)


def test_match(tmp_path):
    done, out = run(tmp_path, TASK)
    text = out.read_text("utf-8")
    answer = json.loads(text)
    assert (done.exit_code, answer["status"]) == (0, "optimal")
    assert [(one["need"], one["resource"]) for one in answer["proposals"]] == [
        ("meal-1", "canteen"),
        ("meal-2", "canteen"),
    ]
    assert answer["projects"] == [{"resource": "canteen", "period": "sat", "needs": ["meal-1", "meal-2"]}]
    assert answer["explanations"]["meal-1"]["served_by"]["canteen"]["shared"] == ["送饭"]
    assert set(answer["explanations"]) == {"meal-1"}
    assert answer["figures"]["withheld"] == 1
    assert "quiet" not in text


def test_accepted_beyond_capacity_is_proven_impossible(tmp_path):
    done, out = run(
        tmp_path, {**TASK, "accepted": [{"need": "meal-1", "resource": "club", "period": "sat", "quantity": 2}]}
    )
    assert done.exit_code == 3
    codes = {reason["code"] for reason in json.loads(out.read_text("utf-8"))["certificate"]["reasons"]}
    assert codes == {"over_capacity", "over_need"}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("{", "not valid JSON"),
        (json.dumps(TASK).replace("800", "NaN"), "not valid JSON"),
        (changed("needs", to=None), "needs"),
        (changed("needs", to=[]), "needs"),
        (changed("periods", to=[]), "periods"),
        (changed("needs", 0, "x", to=None), "x"),
        (changed("needs", 0, "x", to="here"), "x"),
        (changed("needs", 0, "quantity", to=-1), "needs[0].quantity"),
        (changed("needs", 1, "id", to="meal-1"), "needs[1].id"),
        (changed("resources", 0, "radius_m", to=-5), "resources[0].radius_m"),
        (changed("resources", 0, "capacity", to={"sun": 1}), "resources[0].capacity"),
        (changed("resources", 0, "capacity", to={"sat": 1.5}), "capacity"),
        ({**TASK, "accepted": [{"need": "z", "resource": "club", "period": "sat"}]}, "accepted[0].need"),
        ({**TASK, "weights": {"text": -1}}, "weights.text"),
    ],
)
def test_bad_input_names_the_field(tmp_path, task, words):
    done, out = run(tmp_path, task)
    assert done.exit_code == 2
    assert words in done.output
    assert not out.exists()


def test_the_search_limit_is_checked(tmp_path):
    assert run(tmp_path, TASK, "--nodes", "0")[0].exit_code == 2
    assert run(tmp_path, TASK, "--nodes", "1")[0].exit_code == 0


def test_a_task_for_no_machine_is_refused(tmp_path):
    needs = [{"id": f"n{n}", "x": 0, "y": 0} for n in range(10_000)]
    resources = [{"id": f"r{n}", "x": 0, "y": 0, "radius_m": 1, "capacity": {"sat": 1}} for n in range(5_001)]
    done, out = run(tmp_path, {**TASK, "needs": needs, "resources": resources})
    assert done.exit_code == 2
    assert "split the task by district" in done.output
    assert not out.exists()
