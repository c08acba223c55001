"""What names are made of, in English: "Tanxi Garden Building 8" for 檀溪花园8栋, where a city has names in Chinese alone."""

from __future__ import annotations

import re

# English words → what stands for them in a Chinese name. Those of several words come first.
_WORDS = {
    "residential community": "小区",
    "residential compound": "小区",
    "primary school": "小学",
    "middle school": "中学",
    "high school": "中学",
    "railway station": "站",
    "train station": "站",
    "coach station": "客运站",
    "police station": "派出所",
    "community centre": "社区服务中心",
    "community center": "社区服务中心",
    "avenue": "大道",
    "ave": "大道",
    "boulevard": "大道",
    "road": "路",
    "rd": "路",
    "street": "街",
    "st": "街",
    "lane": "巷",
    "alley": "巷",
    "highway": "公路",
    "gardens": "花园",
    "garden": "花园",
    "community": "社区",
    "apartments": "公寓",
    "village": "村",
    "town": "镇",
    "subdistrict": "街道",
    "district": "区",
    "county": "县",
    "gate": "门",
    "park": "公园",
    "square": "广场",
    "plaza": "广场",
    "market": "市场",
    "hospital": "医院",
    "kindergarten": "幼儿园",
    "school": "学校",
    "university": "大学",
    "bridge": "桥",
    "lake": "湖",
    "river": "河",
    "station": "站",
    "north": "北",
    "south": "南",
    "east": "东",
    "west": "西",
}
_COUNTED = {"building": "栋", "bldg": "栋", "block": "栋", "unit": "单元", "gate": "号门", "grid": "网格"}
_BEHIND = re.compile(rf"\b({'|'.join(_COUNTED)})\s*(?:no\.?\s*)?(\d+)\b")
_BEFORE = re.compile(rf"\b(\d+)(?:st|nd|rd|th)?\s*({'|'.join(_COUNTED)})\b")
# Directly behind the word before it, as in Chinese: "tanxi road" is 'tanxi路'.
_WORD = re.compile(rf"\s*\b({'|'.join(_WORDS)})\b\.?")


def in_chinese(plain: str) -> str:
    """A folded text with the Chinese for what English names are made of; as it stands where there is nothing of that."""
    counted = _BEHIND.sub(lambda found: f"{found[2]}{_COUNTED[found[1]]}", plain)
    counted = _BEFORE.sub(lambda found: f"{found[1]}{_COUNTED[found[2]]}", counted)
    return _WORD.sub(lambda found: _WORDS[found[1]], counted)
