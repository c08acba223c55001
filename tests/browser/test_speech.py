"""Words may be said where the browser turns speech into words; nowhere else is it offered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case
from gezhi.kernel.clock import now
from tests.factories.cases import report

# What a browser with it offers, as the specification has it; the test says what is heard.
HEARS = """
window.heard = [];
window.SpeechRecognition = window.webkitSpeechRecognition = class extends EventTarget {
  start() { window.listening = this; window.heard.push(this.lang); }
  stop() { this.dispatchEvent(new Event('end')); }
  abort() { this.dispatchEvent(Object.assign(new Event('error'), { error: 'aborted' })); this.stop(); }
  say(words, isFinal) {
    const result = Object.assign([{ transcript: words }], { isFinal });
    this.dispatchEvent(Object.assign(new Event('result'), { resultIndex: 0, results: [result] }));
  }
  fail(error) { this.dispatchEvent(Object.assign(new Event('error'), { error })); this.stop(); }
};
"""
WHAT = "/report/what?lon=112.1005&lat=32.0005"
NONE = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("lang", "width", "spoken"), [("zh-hans", 390, "zh-CN"), ("en", 1440, "en")])
def test_a_resident_says_what_is_to_be_reported(walks, town, lang, width, spoken):
    walk = walks(width=width, language=lang)
    page = walk.page
    page.add_init_script(HEARS)
    walk.go(WHAT)
    field, speech = page.locator("#id_description"), page.locator("speech-input")
    expect(speech).to_be_visible()
    field.fill("楼下" if spoken == "zh-CN" else "Downstairs")
    speech.get_by_role("button").click()
    expect(speech.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.heard") == [spoken]
    page.evaluate("window.listening.say('路灯', false)")
    expect(speech.locator("[role=status]")).to_have_text("路灯")
    page.evaluate("window.listening.say('路灯不亮', true)")
    expect(field).to_have_value(("楼下" if spoken == "zh-CN" else "Downstairs") + "路灯不亮")
    # What was said speaks for a class as what was typed does.
    expect(page.locator("#classes input").first).to_be_attached()
    page.evaluate("window.listening.stop()")
    expect(speech.get_by_role("button")).to_have_attribute("aria-pressed", "false")
    walk.look(f"speech-{spoken}")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("not-allowed", "没有获准使用麦克风"),
        ("audio-capture", "没有找到麦克风"),
        ("no-speech", "没有听到声音"),
        ("network", "暂时无法把语音转成文字"),
    ],
)
def test_what_comes_to_nothing_is_said_and_leaves_the_words(walks, town, error, told):
    walk = walks()
    page = walk.page
    page.add_init_script(HEARS)
    walk.go(WHAT)
    page.locator("#id_description").fill("路灯")
    page.locator("speech-input").get_by_role("button").click()
    page.evaluate("error => window.listening.fail(error)", error)
    expect(page.locator("speech-input [role=status]")).to_contain_text(told)
    expect(page.locator("#id_description")).to_have_value("路灯")


def test_it_is_offered_only_where_the_browser_can(walks, town):
    walk = walks()
    walk.page.add_init_script(NONE)
    walk.go(WHAT)
    expect(walk.page.locator("speech-input")).to_be_hidden()


def test_a_worker_says_what_was_done(walks, town):
    number = report(now=now()).number
    given = Command(actor=town.actor("dispatcher"), number=number, now=now())
    dispatch_case(given, assignee_id=town.users["worker"].pk)
    accept_case(Command(actor=town.actor("worker"), number=number, now=now()))
    walk = walks(width=390)
    walk.page.add_init_script(HEARS)
    walk.sign_in("worker")
    walk.go(f"/worker/cases/{number}")
    walk.page.locator("[data-dialog='do-handle']").click()
    speech = walk.page.locator("speech-input:visible").first
    speech.get_by_role("button").click()
    walk.page.evaluate("window.listening.say('已经换好灯泡', true)")
    note = walk.page.locator(f"#{speech.get_attribute('for')}")
    expect(note).to_have_value("已经换好灯泡")
    walk.look("speech-worker")
