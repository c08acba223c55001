"""The organisations of the demo city: bureaus of city and counties, street offices, committees, legal services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gezhi.demo.divisions import CITY_CODE, CITY_NAME, CITY_NAME_EN, County

# Kind → (Chinese, English) of a bureau; the name of the city or county goes before it.
_BUREAUS: dict[str, tuple[str, str]] = {
    "urban_management": ("城市管理执法局", "Urban Management Bureau"),
    "housing": ("住房和城乡建设局", "Housing and Construction Bureau"),
    "public_security": ("公安局", "Public Security Bureau"),
    "market_regulation": ("市场监督管理局", "Market Regulation Bureau"),
    "civil_affairs": ("民政局", "Civil Affairs Bureau"),
    "emergency": ("应急管理局", "Emergency Management Bureau"),
    "water": ("水利和湖泊局", "Water Bureau"),
    "landscape": ("园林绿化中心", "Parks and Landscape Centre"),
    "sanitation": ("环境卫生服务中心", "Sanitation Services Centre"),
    "transport": ("交通运输局", "Transport Bureau"),
    "ecology": ("生态环境局", "Ecology and Environment Bureau"),
    "justice": ("司法局", "Justice Bureau"),
    "agriculture": ("农业农村局", "Agriculture Bureau"),
}
_UTILITIES = (("供电公司", "Power Company"), ("供水公司", "Water Company"), ("燃气公司", "Gas Company"))
_LAW_FIRMS = {
    "汉江": "Hanjiang",
    "隆中": "Longzhong",
    "古隆": "Gulong",
    "岘山": "Xianshan",
    "鹿门": "Lumen",
    "昭明": "Zhaoming",
    "荆楚": "Jingchu",
    "卧龙": "Wolong",
}


@dataclass(frozen=True)
class BodyPlan:
    """An organisation to be."""

    code: str
    name: str
    name_en: str
    kind: str
    area_code: str
    parent_code: str | None = None


def plan_bodies(counties: Sequence[County], areas_en: Mapping[str, str]) -> list[BodyPlan]:
    """All organisations, parents first. ``areas_en``: the English names of areas, by code."""
    bodies = [
        BodyPlan(f"{CITY_CODE}-{kind}", CITY_NAME + zh, f"{CITY_NAME_EN} {en}", kind, CITY_CODE)
        for kind, (zh, en) in _BUREAUS.items()
    ]
    for number, (zh, en) in enumerate(_UTILITIES, start=1):
        bodies.append(
            BodyPlan(f"{CITY_CODE}-utility-{number}", f"襄阳{zh}", f"{CITY_NAME_EN} {en}", "utility", CITY_CODE)
        )
    for number, (zh, en) in enumerate(_LAW_FIRMS.items(), start=1):
        name, name_en = f"湖北{zh}律师事务所", f"Hubei {en} Law Firm"
        bodies.append(BodyPlan(f"{CITY_CODE}-law-{number}", name, name_en, "law_firm", CITY_CODE))
    for county in counties:
        bodies += [
            BodyPlan(
                f"{county.code}-{kind}",
                county.name + zh,
                f"{county.name_en} {en}",
                kind,
                county.code,
                f"{CITY_CODE}-{kind}",
            )
            for kind, (zh, en) in _BUREAUS.items()
        ]
        bodies.append(
            BodyPlan(
                f"{county.code}-utility",
                f"{county.name}水电气保障中心",
                f"{county.name_en} Utilities Service Centre",
                "utility",
                county.code,
            )
        )
        bodies.append(
            BodyPlan(
                f"{county.code}-legal",
                f"{county.name}法律服务所",
                f"{county.name_en} Legal Services Office",
                "law_firm",
                county.code,
                f"{county.code}-justice",
            )
        )
    for county in counties:
        for street in county.streets:
            office = f"{street.code}-office"
            zh, en = _of_street(street.name)
            name_en = f"{county.name_en} {areas_en[street.code]} {en}"
            bodies.append(BodyPlan(office, f"{county.name}{street.name}{zh}", name_en, "street_office", street.code))
            bodies += [
                BodyPlan(
                    f"{community.code}-committee",
                    f"{community.name}{'居民委员会' if community.urban else '村民委员会'}",
                    f"{areas_en[community.code]} {'Residents' if community.urban else 'Villagers'} Committee",
                    "community_committee",
                    community.code,
                    office,
                )
                for community in street.communities
            ]
    return bodies


def _of_street(name: str) -> tuple[str, str]:
    """What the body of a street or town is called after its name, in both languages."""
    if name.endswith("街道"):
        return "办事处", "Office"
    return ("人民政府", "Government") if name[-1] in "镇乡" else ("管理委员会", "Administration Committee")
