"""Place names in a message, as far as their endings give them away: estates, roads, villages, schools, stations."""

from __future__ import annotations

import re

# Endings of names that stand for one particular place. Offices (政府) and bare kinds (小区 alone) are none.
_ENDING = (
    "小区|花园|公寓|家园|新村|新城|广场|大道|公路|大厦|学校|学院|大学|中学|小学|幼儿园|医院|市场|公园|社区|街道|工业园|产业园|"
    "号线|步行街|地铁站|路|街|巷|村|镇|乡|苑|府|郡|湾|园|城|湖|岛|滩|站"
)
_NAME = re.compile(rf"([\u4e00-\u9fff]{{1,8}}?|\d+)((?:{_ENDING})+)")
# What leads to a place and is no part of its name.
_LEAD = re.compile(
    r"^.*(?:反映|投诉|咨询|关于|请问|请求|要求|恳请|建议|举报|希望|呼吁|位于|坐落|座落|居住|住在|我们|你们|我是|本人|整个|导致|相关|目前|例如|尤其|距离|不宜|进一步|开展|召开|确定|一所|周边|附近|旁边|"
    r"所有|这个|那个|这条|一个|人民|国家|成立|安置|配套|穿越|跨过|跨越|经过|如果|规划|一条|一所|开建|新建|北侧|南侧|东侧|西侧|[市区县在从到对与和及是的了该有去被为将把因向至给让由请望这本])"
)
_NO_NAME = re.compile(
    r"政府|十字|必经|人行|小孩|业主|道路|马路|公交|铁路|公路$|菜市|居民|商业|住宅|全市|全区|几个|多个|某|线路|^绕城|^建学校$|影响|严重|时间|建设|中小学|"
    r"^(?:中心城|文明城|主城|快速路|火车站|垃圾站|加油站|搅拌站|幼儿园)$"
)


def places(text: str) -> frozenset[str]:
    """Names of particular places in a raw text: at least two characters before or in the ending, no office, no mere kind."""
    found = set()
    for match in _NAME.finditer(text):
        # '丽发新城小区' and '丽发新城社区' are the place that others call '丽发新城'.
        body, ending = _LEAD.sub("", match.group(1)), match.group(2)
        short = re.sub(r"(?:小区|社区)$", "", body + ending)
        if body and len(short) >= 3 and not _NO_NAME.search(short):
            found.add(short)
    return frozenset(found)
