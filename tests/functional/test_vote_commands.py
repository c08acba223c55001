"""``gezhi vote``, ``verify-receipt`` and ``verify-tally`` as a committee and a voter use them, one after another."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.factories.tasks import changed, solve_file
from tests.functional.test_solve_tally import VOTE

WRONG_BEFORE = Path(__file__).parents[1] / "oracles" / "wrong_before"
NOTICE = {key: value for key, value in VOTE.items() if key not in {"ballots", "secret"}}


def gezhi(*words):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


class Desk:
    """A folder with the notice of a vote, and the vote as it stands at the close."""

    def __init__(self, folder):
        self.at = folder
        self.write("notice.json", NOTICE)
        self.write("vote.json", VOTE)

    def write(self, name, content):
        path = self.at / name
        path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
        return path


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def said(done, word):
    assert done.exit_code == 0, done.output
    return next(line.split()[1] for line in done.stdout.splitlines() if line.startswith(word))


def test_from_the_notice_to_the_verified_count(desk):
    at = desk.at
    opened = gezhi("vote", "open", at / "notice.json", "--out", at / "opening.json")
    opening = said(opened, "opening")
    assert "1970-01-01 08:16:40+08:00" in opened.stderr
    assert json.loads((at / "opening.json").read_text("utf-8"))["matter"] == VOTE["matter"]
    receipt = gezhi(
        "vote", "receipt", at / "vote.json", "--ballot", "1", "--opening", opening, "--out", at / "receipt.json"
    )
    assert len(said(receipt, "commitment")) == 64
    closing = said(
        gezhi("vote", "close", at / "vote.json", "--opening", opening, "--out", at / "close.json"), "closing"
    )
    known = ("--opening", opening, "--closing", closing)
    gezhi("vote", "statement", at / "vote.json", "--owner", "A", *known, "--out", at / "statement.json")
    checked = gezhi("verify-receipt", at / "receipt.json", "--statement", at / "statement.json", *known)
    assert checked.exit_code == 0
    assert "choice yes" in checked.output
    assert "in the name of A stands 1 paper, and nothing else, of 3 ballots in all" in checked.output
    counted = gezhi(
        "solve", "tally", at / "vote.json", *known, "--out", at / "answer.json", "--proof", at / "proof.json"
    )
    answer = json.loads((at / "answer.json").read_text("utf-8"))
    assert (counted.exit_code, answer["opening"], answer["closing"]) == (0, opening, closing)
    papers = ("--roll", at / "vote.json", "--ballots", at / "vote.json")
    done = gezhi("verify-tally", at / "proof.json", *papers, *known)
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].startswith("all was checked")
    alone = gezhi("verify-tally", at / "proof.json")
    assert alone.output.splitlines()[-1].startswith("NOT CHECKED: ")
    found = json.loads(gezhi("verify-tally", at / "proof.json", "--json").output)
    assert (found["verified"], found["opening"], found["closing"]) == (True, opening, closing)
    assert set(found["not_checked"]) == {"before_the_vote", "at_the_close", "the_count"}
    refused = gezhi("verify-tally", at / "proof.json", "--json", "--closing", opening)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["verified"] is False


@pytest.mark.parametrize(
    ("place", "to"),
    [
        (("item",), 5),
        (("matter",), "将架空层改为菜场"),
        (("close_at",), 1_001),
        (("proxy_cap",), 1),
        (("in_presence",), True),
        (("scope",), {"area_kinds": ["dwelling"]}),
        (("procedure",), {"abstentions_join_majority": True}),
        (("roll", "units", 0, "area"), 9_013),
    ],
)
def test_a_vote_that_is_no_longer_the_published_one_is_refused(desk, place, to):
    at = desk.at
    opening = said(gezhi("vote", "open", at / "notice.json", "--out", at / "opening.json"), "opening")
    other = changed(VOTE, *place, to=to)
    desk.write("other.json", {**other, "attendance": []} if place == ("in_presence",) else other)
    for command in (
        ("vote", "receipt", at / "other.json", "--ballot", "1"),
        ("vote", "close", at / "other.json"),
        ("vote", "statement", at / "other.json", "--owner", "A"),
        ("solve", "tally", at / "other.json"),
    ):
        done = gezhi(*command, "--opening", opening, "--out", at / "out.json")
        assert done.exit_code == 2
        assert done.output.startswith("--opening: the opening of IN has the digest ")
        assert not (at / "out.json").exists()


def test_papers_that_changed_after_the_close_are_not_counted(desk):
    at = desk.at
    closing = said(gezhi("vote", "close", at / "vote.json", "--out", at / "close.json"), "closing")
    desk.write("vote.json", changed(VOTE, "ballots", 0, "choice", to="no"))
    for command in (("solve", "tally", at / "vote.json"), ("vote", "statement", at / "vote.json", "--owner", "A")):
        done = gezhi(*command, "--closing", closing, "--out", at / "out.json")
        assert done.exit_code == 2
        assert "the closing of IN has the digest" in done.output


def test_an_owner_who_did_not_vote_sees_that_nothing_stands_in_his_name(desk):
    at = desk.at
    gezhi("vote", "statement", at / "vote.json", "--owner", "D", "--out", at / "statement.json")
    done = gezhi("verify-receipt", "--statement", at / "statement.json")
    assert done.exit_code == 0
    assert "in the name of D stands nothing, of 3 ballots in all" in done.output
    assert done.output.splitlines()[-1].startswith("NOT CHECKED: ")
    gezhi("vote", "statement", at / "vote.json", "--owner", "C", "--out", at / "statement.json")
    assert gezhi("verify-receipt", "--statement", at / "statement.json").exit_code == 1


def test_a_letter_has_its_receipt(desk):
    at = desk.at
    desk.write("vote.json", {**VOTE, "proxies": [{"principal": "D", "holder": "A", "given_at": 5}]})
    gezhi("vote", "receipt", at / "vote.json", "--letter", "D", "--out", at / "receipt.json")
    done = gezhi("verify-receipt", at / "receipt.json")
    assert "letter: principal D, holder A, given_at 5" in done.output


@pytest.mark.parametrize(
    ("command", "vote", "words"),
    [
        (("open",), changed(NOTICE, "matter", to=None), "matter"),
        (("open",), changed(NOTICE, "matter", to="加装\u202e电梯"), "U+202E"),
        (("open",), changed(NOTICE, "matter", to="cafe\u0301"), "NFC"),
        (("open",), changed(NOTICE, "roll", "units", 0, "owners", 0, "id", to="A\u200b"), "U+200B"),
        (("open",), changed(NOTICE, "roll", "units", 0, "owners", 0, "id", to="Ｄ"), "look the same"),
        (("open",), changed(NOTICE, "close_at", to=None), "close_at"),
        (("open",), changed(NOTICE, "roll", to=None), "roll"),
        (("open",), changed(NOTICE, "item", to=10), "item"),
        (("open",), json.dumps(NOTICE).replace('"item": 8', '"item": 6, "item": 8'), "'item' stands twice"),
        (("receipt", "--ballot", "9"), VOTE, "--ballot"),
        (("receipt", "--letter", "A"), VOTE, "--letter"),
        (("receipt",), VOTE, "--ballot"),
        (("receipt", "--ballot", "1"), changed(VOTE, "secret", to=None), "secret"),
        (("receipt", "--ballot", "1"), {**VOTE, "ballots": VOTE["ballots"][:1] * 2}, "2 ballots have the id"),
        (("close",), NOTICE, "ballots"),
        (("close",), changed(VOTE, "ballots", 1, "id", to="1"), "ballots[1].id"),
        (("close",), changed(VOTE, "ballots", 0, "owner", to="Z"), "ballots[0].owner"),
        (("close",), {**VOTE, "in_presence": True}, "attendance"),
        (("close",), {**VOTE, "in_presence": False, "attendance": []}, "in_presence"),
        (("statement", "--owner", "Z"), VOTE, "owner"),
    ],
)
def test_bad_input_names_the_field(desk, command, vote, words):
    source = desk.write("odd.json", vote)
    done = gezhi("vote", command[0], source, *command[1:], "--out", desk.at / "out.json")
    assert done.exit_code == 2
    assert words in done.output
    assert not (desk.at / "out.json").exists()


@pytest.mark.parametrize("name", ["T1_proxy_given_after_ballot_counts", "T2_proxy_given_after_close_counts"])
def test_a_letter_that_came_later_serves_for_nothing(tmp_path, name):
    task = json.loads((WRONG_BEFORE / f"{name}.json").read_text("utf-8"))
    for given_at, result in ((task["proxies"][0]["given_at"], "no_quorum"), (100, "passed"), (101, "no_quorum")):
        task["proxies"][0]["given_at"] = given_at
        proof, refusals = tmp_path / "proof.json", tmp_path / "refusals.json"
        done, out = solve_file(
            tmp_path, "tally", {**task, "secret": "ab" * 32}, "--proof", proof, "--refusals", refusals
        )
        assert done.exit_code == 0
        assert json.loads(out.read_text("utf-8"))["result"] == result
        late = given_at > 100
        why = {"b48": "no_valid_proxy" if given_at > 1000 else "proxy_given_later"} if late else {}
        why = {"b50" if "T2" in name else ballot: reason for ballot, reason in why.items()}
        assert json.loads(refusals.read_text("utf-8")) == why
        papers = str(tmp_path / "in.json")
        assert gezhi("verify-tally", proof, "--roll", papers, "--ballots", papers).exit_code == 0


def test_another_item_told_afterwards_is_refused(tmp_path):
    told = WRONG_BEFORE / "T3_item_swap"
    task = json.loads((told / "i6.json").read_text("utf-8"))
    digests, proofs = {}, {}
    for item in (5, 6):
        proofs[item] = tmp_path / f"{item}.proof"
        _, out = solve_file(tmp_path, "tally", {**task, "item": item}, "--proof", proofs[item])
        answer = json.loads(out.read_text("utf-8"))
        digests[item] = ("--opening", answer["opening"], "--closing", answer["closing"])
    papers = ("--roll", told / "i6.roll", "--ballots", told / "i6.ballots")
    assert gezhi("verify-tally", proofs[6], *papers, *digests[6]).exit_code == 0
    swapped = gezhi("verify-tally", proofs[5], *papers, *digests[6])
    assert (swapped.exit_code, swapped.output) == (1, "refused: the opening is not the published one\n")
    assert gezhi("verify-tally", told / "i5.proof", *papers, *digests[6]).exit_code == 1


@pytest.mark.parametrize(
    "ghost",
    [
        *("C" + sign for sign in "\u3164\u2800\u034f\u115f\ufe00\U000e0100 "),
        " C",
        "\u0421",  # Cyrillic
        "\u03f9",  # Greek
        "\u216d",  # a Roman numeral
    ],
)
def test_two_owners_that_look_the_same_stand_in_no_notice(desk, ghost):
    units = [*NOTICE["roll"]["units"], {"id": "P-7", "area": 1200, "kind": "parking", "owners": [{"id": ghost}]}]
    units[0] = {**units[0], "owners": [{"id": "C"}]}
    done = gezhi(
        "vote", "open", desk.write("odd.json", {**NOTICE, "roll": {"units": units}}), "--out", desk.at / "o.json"
    )
    assert done.exit_code == 2
    assert "roll.units" in done.output


@pytest.mark.parametrize(
    ("one", "other"), [("A-1", "A\u20131"), ("1l", "1I"), ("a\u00b7b", "a\u30fbb"), ("x y", "x  y")]
)
def test_signs_of_one_look_make_no_two_owners(desk, one, other):
    units = [{"id": str(n), "area": 9, "owners": [{"id": name}]} for n, name in enumerate((one, other))]
    done = gezhi(
        "vote", "open", desk.write("odd.json", {**NOTICE, "roll": {"units": units}}), "--out", desk.at / "o.json"
    )
    assert done.exit_code == 2
    assert "roll.units[].owners" in done.output


def test_names_of_every_day_are_taken(desk):
    names = ["王·伟", "欧阳 娜", "Anna-Maria O'Neil", "买买提", "ᠪᠠᠲᠤ", "བསོད་ནམས", "ئالىم", "B2"]
    units = [{"id": str(n), "area": 9, "owners": [{"id": name}]} for n, name in enumerate(names)]
    done = gezhi(
        "vote", "open", desk.write("odd.json", {**NOTICE, "roll": {"units": units}}), "--out", desk.at / "o.json"
    )
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ((), "proxycap"),
        ((), "proceedure"),
        (("procedure",), "abstention_join_majority"),
        (("scope",), "areakinds"),
        (("roll",), "develloper"),
        (("roll", "units", 1), "buidling"),
        (("roll", "units", 1, "owners", 0), "Share"),
        (("ballots", 2), "castBy"),
        (("proxies", 0), "givenat"),
    ],
)
def test_a_field_that_is_unknown_is_named_and_nothing_is_done(desk, place, wrong):
    told = {**VOTE, "scope": {}, "procedure": {}, "proxies": [{"principal": "D", "holder": "A", "given_at": 5}]}
    source = desk.write("odd.json", changed(told, *place, wrong, to=1))
    for command in (
        ("vote", "open"),
        ("vote", "receipt", "--ballot", "1"),
        ("vote", "close"),
        ("vote", "statement", "--owner", "A"),
        ("solve", "tally"),
    ):
        done = gezhi(*command[:2], source, *command[2:], "--out", desk.at / "out.json")
        assert done.exit_code == 2
        assert f"unknown field `{wrong}`" in done.output
        assert not (desk.at / "out.json").exists()
    proof = desk.at / "proof.json"
    gezhi("solve", "tally", desk.write("vote.json", told), "--out", desk.at / "out.json", "--proof", proof)
    done = gezhi("verify-tally", proof, "--roll", source, "--ballots", source)
    assert (done.exit_code, f"unknown '{wrong}'" in done.output) == (1, True)


def test_fields_of_totals_are_known_too(tmp_path):
    totals = dict.fromkeys(("total_area", "total_heads", "participating_area", "participating_heads"), 9)
    task = {"rule": "cn-civil-code-278", "item": 4, "totals": {**totals, "yes_area": 9, "yes_heads": 9, "yesheads": 1}}
    done, _ = solve_file(tmp_path, "tally", task)
    assert done.exit_code == 2
    assert "unknown field `yesheads` - at `$.totals`" in done.output
