"""One name for one thing, and no words that a reader of the language would stumble over."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from gezhi.interfaces.web.translations import PACKAGE, po_path

with po_path("zh_Hans").open("rb") as _file:
    WORDS = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0]): (
            message.string if isinstance(message.string, str) else message.string[0]
        )
        for message in read_po(_file)
        if message.id
    }
# What the product once said, and what it says instead.
GONE = {
    "派遣员": "调度员",
    "经办人": "办理员、承办人员",
    "运管中心": "运行中心",
    "双因素": "两步验证",
    "二次验证": "两步验证",
    "跟踪码": "查询码",
    "账户": "账号",
    "帐": "账",
    "你": "您",
    "登出": "退出登录",
    "摆上桌面": "重新办理",
    "半截数据": "数据未作任何更改",
    "有权办理": "责任单位",
    "案件": "工单",
}
GONE_IN_ENGLISH = (
    "The way of your report",
    "Words to it",
    "Second step of signing in",
    "In danger do not write",
    "comes back on the table",
    "Please look at this again",
    "What needs seeing to",
)


@pytest.mark.parametrize("word", GONE)
def test_one_thing_has_one_name(word):
    places = [identifier for identifier, text in WORDS.items() if word in text]
    assert places == [], f"say {GONE[word]}"


@pytest.mark.parametrize("words", GONE_IN_ENGLISH)
def test_english_is_written_not_translated(words):
    assert [identifier for _, identifier in WORDS if words in identifier] == []


def test_english_words_carry_no_chinese_punctuation():
    assert [identifier for _, identifier in WORDS if re.search("[，。：；（）、]", identifier)] == []


def test_templates_join_words_by_the_language_they_are_in():
    """Punctuation of one language between two values would stand in the pages of the other."""
    found = []
    for path in sorted((PACKAGE / "interfaces" / "web" / "templates").rglob("*.html")):
        if "design" in path.parts or path.name in {"500.html", "503.html"}:
            continue
        text = re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text("utf-8"))
        if re.search("[，。：；（）、]", text):
            found.append(path.name)
    assert found == []
