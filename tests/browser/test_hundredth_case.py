"""The hub at the hundredth case of the day: few keys, nothing jumps, nothing that is being written is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Request, Route, expect

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, accept_case, dispatch_case, note_case
from gezhi.contexts.cases.use_cases.change_template import Template, save_template
from gezhi.kernel.clock import now
from gezhi.platform.presence.here import Other, here
from tests.factories.cases import Town, report
from tests.factories.walks import Walk


def by(town: Town, name: str, number: str, **more: object) -> Command:
    return Command(actor=town.actor(name, now=now()), number=number, now=now(), **more)  # type: ignore[arg-type]


def ask(page) -> None:
    page.evaluate("customElements.whenDefined('live-list').then(() => document.querySelector('live-list').ask())")


def test_two_keys_dispatch_from_the_list_and_the_next_case_opens(walks, town):
    numbers = [report(now=now()).number for _ in range(3)]
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    page.keyboard.press("d")
    expect(page.locator("dialog[open] h2")).to_have_text("派遣")
    first = page.locator("[data-walk] a.list-row[aria-current=true]").get_attribute("data-case")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text(first)
    # The next one is open, and the one that left tells what became of it where it stood.
    expect(page.locator("#case [data-case-page]")).not_to_have_attribute("data-case-page", first)
    expect(page.locator(f"[data-walk] [data-case='{first}'] .chip").first).to_have_text("已派遣")
    second = page.locator("#case [data-case-page]").get_attribute("data-case-page")
    assert page.title().startswith(f"{second} · 街道网格中心 · ")
    assert f"/hub/cases/{second}" in page.url
    assert second in {*numbers} - {first}
    page.keyboard.press("d")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast").filter(has_text=second)).to_be_visible()


def test_a_colleagues_step_appears_and_the_words_that_are_being_written_stay(walks, town):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}?queue=hand")
    page = walk.page
    page.keyboard.press("m")
    words = page.locator("dialog[open] textarea")
    words.fill("已电话联系小区物业")
    note_case(by(town, "worker", number, note="现场已到"))
    ask(page)
    expect(page.locator("[data-part=history] li").first).to_contain_text("现场已到")
    expect(page.locator("dialog[open] [data-meanwhile]")).to_contain_text("在此期间")
    expect(words).to_have_value("已电话联系小区物业")
    walk.look("written-meanwhile")
    page.locator("dialog[open] .button-primary").click()
    # Sent for the case as it is now: no conflict.
    expect(page.locator("[data-part=history] li").first).to_contain_text("已电话联系小区物业")


def test_a_step_that_became_impossible_says_so_and_keeps_the_words(walks, town):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    walk = walks()
    walk.sign_in("worker")
    walk.go(f"/worker/cases/{number}")
    page = walk.page
    page.keyboard.press("r")
    words = page.locator("dialog[open] textarea")
    words.fill("不属本网格")
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["colleague"].pk)
    page.evaluate("customElements.whenDefined('live-case').then(() => document.querySelector('live-case').feed.ask())")
    page.wait_for_timeout(1_000)
    expect(words).to_have_value("不属本网格")


def test_changed_rows_show_their_new_state_in_place(walks, town):
    numbers = [report(now=now()).number for _ in range(2)]
    for number in numbers:
        dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub?queue=hand")
    page = walk.page
    rows = page.locator("[data-walk] a.list-row")
    order = rows.evaluate_all("found => found.map(row => row.dataset.case)")
    accept_case(by(town, "worker", numbers[0]))
    ask(page)
    expect(page.locator(f"[data-walk] [data-case='{numbers[0]}'] .chip").first).to_have_text("处置中")
    assert rows.evaluate_all("found => found.map(row => row.dataset.case)") == order


def test_several_cases_are_dispatched_at_once_and_can_be_taken_back(walks, town):
    numbers = {report(now=now()).number for _ in range(3)}
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    page.keyboard.press("B")
    page.locator("[data-pick-all]").click()
    expect(page.locator("[data-picked]")).to_have_text("已选 3 件")
    page.locator("#picked .button-primary").click()
    expect(page.locator("#several-title")).to_have_text("已选 3 件工单")
    walk.look("several-chosen")
    page.locator("[data-several] .button-primary").click()
    page.locator(".toast button").click()
    assert not Case.objects.exclude(status="reported").exists()
    page.locator("[data-several] .button-primary").click()
    expect(page.locator("#several-title")).to_have_text("已派遣 · 3 件", timeout=10_000)
    assert set(Case.objects.filter(status="dispatched").values_list("number", flat=True)) == numbers
    walk.look("several-done")


def at_case(walks: Callable[..., Walk], number: str) -> Walk:
    """A dispatcher who has opened a case by its address."""
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    return walk


def test_a_recipient_is_found_by_typing(walks, town):
    number = report(now=now()).number
    walk = at_case(walks, number)
    page = walk.page
    page.keyboard.press("d")
    field = page.locator("dialog[open] [role=combobox]")
    expect(field).to_be_focused()
    walk.look("recipient-list")
    page.keyboard.type("hous")
    expect(page.locator("dialog[open] [role=option][aria-selected=true]")).to_have_text("housing")
    page.keyboard.press("Enter")
    expect(field).to_have_value("housing")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    assert Case.objects.get(number=number).status == "reported", "Enter takes the choice, and sends nothing"
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=history] li").first).to_contain_text("housing")
    assert Case.objects.get(number=number).organisation_id == town.bodies["housing"].pk


def test_a_class_is_found_by_typing_and_escape_leaves_one_thing_at_a_time(walks, town):
    number = report(now=now()).number
    page = at_case(walks, number).page
    page.keyboard.press("f")
    dialog = page.locator("dialog[open]")
    field, listed = dialog.locator("#correct-class-search"), dialog.locator("#correct-class-list")
    expect(field).to_be_focused()
    as_it_is = dialog.locator("#correct-class option").first.inner_text()
    field.fill("noise from a business")
    expect(listed.locator("[role=option][aria-selected=true]").first).to_contain_text("商业噪音")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(dialog).to_be_visible()
    expect(field).to_have_value(as_it_is)
    assert dialog.locator("#correct-class").input_value() == "", "Escape chooses nothing"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("f")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(listed).to_be_visible()
    dialog.locator("textarea").focus()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(dialog).to_be_visible()
    expect(field).to_have_value(as_it_is)
    field.fill("E0128")
    field.press("Enter")
    expect(field).to_have_value("商业噪音")
    dialog.locator("textarea").fill("不是垃圾，是音响")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case-title")).to_contain_text("商业噪音")
    assert Case.objects.get(number=number).class_code == "E0128"


def test_arrows_pass_what_stands_in_the_list_twice(walks, town):
    number = report(now=now(), description="烧烤摊油烟扰民").number
    page = at_case(walks, number).page
    page.keyboard.press("f")
    expect(page.locator("dialog[open] #correct-class-search")).to_be_focused()
    page.locator("dialog[open] #correct-class-search").fill("E01")
    shown = page.locator("dialog[open] #correct-class-list [role=option]")
    twice = "select => new Set([...select.options].map(o => o.value)).size < select.options.length"
    assert page.locator("dialog[open] #correct-class").evaluate(twice)
    for _ in range(shown.count()):
        page.keyboard.press("ArrowDown")
    expect(shown.last).to_have_attribute("aria-selected", "true")


def test_words_that_are_being_written_wait_for_their_case(walks, town):
    first, second = (report(now=now()).number for _ in range(2))
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{first}")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    page.keyboard.press("m")
    page.locator("dialog[open] textarea").fill("已联系物业，等回话")
    page.keyboard.press("Escape")
    page.locator(f"[data-walk] [data-case='{second}']").click()
    expect(page.locator("#case [data-case-page]")).to_have_attribute("data-case-page", second)
    page.locator(f"[data-walk] [data-case='{first}']").click()
    expect(page.locator("#case [data-case-page]")).to_have_attribute("data-case-page", first)
    expect(page.locator("#case-title")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("dialog[open] textarea")).to_have_value("已联系物业，等回话")
    page.locator("dialog[open] .button-primary").click()
    expect(page.locator("[data-part=history] li").first).to_contain_text("已联系物业")
    page.keyboard.press("m")
    expect(page.locator("dialog[open] textarea")).to_have_value("")


def test_who_else_has_the_case_open_is_said(walks, town):
    number = report(now=now()).number
    walk = walks()
    walk.sign_in("dispatcher")
    here(town.actor("operations", now=now()), "cases.case", Case.objects.get(number=number).pk, writing=True, now=now())
    walk.go(f"/hub/cases/{number}")
    expect(walk.page.locator("[data-others]")).to_have_text("operations正在填写本工单")
    walk.look("others-here")


def test_a_form_is_said_to_be_filled_in_until_it_is_sent_or_put_away(walks, town):
    case = Case.objects.get(number=report(now=now()).number)
    walk, others = walks(), town.actor("operations", now=now())
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{case.number}?queue=all")
    page = walk.page

    def told() -> list[Other]:
        return here(others, "cases.case", case.pk, writing=False, now=now())

    def says(posted: str) -> Callable[[Request], bool]:
        return lambda request: (
            request.url.endswith("/here") and ("writing=1" in (request.post_data or "")) == bool(posted)
        )

    for way in ("Escape", "Control+Enter"):
        with page.expect_request_finished(says("writing")):
            page.keyboard.press("m")
        page.fill("dialog[open] textarea", "已电话联系")
        assert told() == [Other("dispatcher", writing=True)]
        with page.expect_request_finished(says("")):
            page.keyboard.press(way)
        assert told() == [Other("dispatcher", writing=False)]


def test_what_is_said_of_a_form_never_overtakes_what_was_said_before(walks, town):
    case = Case.objects.get(number=report(now=now()).number)
    walk, said, held = walks(), [], []
    walk.sign_in("dispatcher")

    def first_is_held(route: Route) -> None:
        said.append("writing=1" in (route.request.post_data or ""))
        if len(said) == 1:
            held.append(route)
        else:
            route.continue_()

    walk.page.route("**/here", first_is_held)
    walk.go(f"/hub/cases/{case.number}?queue=all")
    expect(walk.page.locator("[data-others]")).to_be_attached()
    walk.page.keyboard.press("m")
    walk.page.wait_for_timeout(500)
    assert said == [False]
    with walk.page.expect_request_finished(lambda request: "writing=1" in (request.post_data or "")):
        held[0].continue_()
    assert said == [False, True]


def test_whoever_has_a_case_open_hears_at_once_that_a_form_was_sent(walks, town):
    case = Case.objects.get(number=report(now=now()).number)
    walk, other = walks(), town.actor("operations", now=now())
    walk.sign_in("dispatcher")
    here(other, "cases.case", case.pk, writing=True, now=now())
    walk.go(f"/hub/cases/{case.number}?queue=all")
    told = walk.page.locator("[data-others]")
    expect(told).to_have_text("operations正在填写本工单")
    here(other, "cases.case", case.pk, writing=False, now=now())
    note_case(by(town, "operations", case.number, note="已核对"))
    ask(walk.page)
    expect(told).to_have_text("operations也在查看本工单")


def test_a_list_that_is_searched_is_one_control_after_an_error_too(walks, town):
    number = report(now=now()).number
    dispatch_case(by(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", number))
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}?queue=all")
    page = walk.page
    page.keyboard.press("q")
    field = page.locator("dialog[open] .field", has=page.locator("search-select")).first
    for _ in range(2):
        expect(field.locator("[role=combobox]")).to_be_visible()
        expect(field.locator("select")).to_be_hidden()
        page.locator("dialog[open] textarea").fill("请一起处理")
        page.locator("dialog[open] .button-primary").click()
        expect(field.locator(".field-error")).to_be_visible(timeout=15_000)
    expect(field.locator("select")).to_be_hidden()
    walk.look("searched-refused")


def test_a_template_is_put_into_the_words_and_changed_there(walks, town):
    given = Template(title="已联系", words="已电话联系您反映的单位。", class_prefix="E01", step="note", area_id=None)
    save_template(actor=town.actor("operations", now=now()), given=given, number=None, seen=0, now=now())
    number = report(now=now()).number
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go(f"/hub/cases/{number}")
    page = walk.page
    page.keyboard.press("m")
    page.locator("dialog[open] textarea").fill("您好！")
    page.locator("dialog[open] summary").click()
    page.locator("dialog[open] [data-insert]").click()
    expect(page.locator("dialog[open] textarea")).to_have_value("您好！已电话联系您反映的单位。")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    walk.look("template-inserted")


def test_a_stray_key_sends_nothing_that_cannot_be_taken_back(walks, town):
    case = Case.objects.get(number=report(now=now()).number)
    walk = walks()
    walk.sign_in("dispatcher")
    walk.go("/hub")
    page = walk.page
    expect(page.locator(".live-state")).to_have_attribute("data-state", "polling")
    for _ in range(2):
        # The first time the case is opened by the key.
        page.keyboard.press("e")
        expect(page.locator("#case [data-key=e]")).to_be_focused()
        page.wait_for_timeout(300)
        case.refresh_from_db()
        assert case.remind_count == 0
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=history] li").first).to_contain_text("催办")
    case.refresh_from_db()
    assert case.remind_count == 1
