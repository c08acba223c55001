"""Which matters of the demo need a second body, which one is called in, and what it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.demo.case_courses import Course


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The kind of the body that is called in, at the county of the case, and what it is asked for."""

    kind: str
    asks: str


# By class; the body that leads is the one that the duty table names.
CALLED: dict[str, CallPlan] = {
    "E0113": CallPlan("water", "请核查路面下管网是否渗漏"),
    "E0128": CallPlan("public_security", "请到场制止噪声扰民"),
    "E0129": CallPlan("ecology", "请到场检测油烟排放"),
    "E0301": CallPlan("ecology", "请到场检测夜间施工噪声"),
    "E0401": CallPlan("market_regulation", "请到场查处无照经营"),
    "E0410": CallPlan("public_security", "请交警到场清理违停车辆"),
    "E0496": CallPlan("public_security", "请联系车主挪车并依法处理"),
}
# In what time the part is to be handled: the hub is stricter where it cannot wait.
LIMITS: dict[Course, str] = {Course.JOINT: "4WH", Course.JOINT_LATE: "1UH"}
