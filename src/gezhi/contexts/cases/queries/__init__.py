"""What the cases context answers."""

from gezhi.contexts.cases.domain.class_table import ClassRow
from gezhi.contexts.cases.queries.class_names import (
    ClassGroup,
    ClassName,
    ClassTable,
    attributes_of,
    class_name,
    class_table,
    classes,
    fallback_class,
    guess_class,
    is_class,
    suggest_classes,
)
from gezhi.contexts.cases.queries.class_versions import (
    ClassVersion,
    class_rows_of,
    class_versions,
    has_class_version,
    open_cases_of,
)
from gezhi.contexts.cases.queries.deadlines import RunningDeadline, next_deadlines, running_deadlines
from gezhi.contexts.cases.queries.duplicates import (
    LikelyCase,
    likely_duplicates,
    matter_of,
)
from gezhi.contexts.cases.queries.duty_versions import (
    Answer,
    DutyVersion,
    Preview,
    Rerouted,
    cases_elsewhere,
    decides_nothing,
    duty_rows_of,
    duty_versions,
    reaches_nobody,
    routed_today,
    who_settles,
)
from gezhi.contexts.cases.queries.figures import (
    FigureRow,
    Figures,
    Share,
    SpanFigures,
    figures,
    outside_grids,
    queue_counts,
    span_figures,
)
from gezhi.contexts.cases.queries.following import (
    PUBLIC_STEPS,
    Followed,
    PublicStep,
    follow,
    followed_point,
)
from gezhi.contexts.cases.queries.lists import (
    CASES,
    SORTS,
    Filters,
    all_cases,
    count_cases,
    list_cases,
)
from gezhi.contexts.cases.queries.moved_deadlines import Moved, moved_deadlines
from gezhi.contexts.cases.queries.named_cases import cases_named
from gezhi.contexts.cases.queries.nearby import (
    Nearby,
    nearby_alike,
    nearby_open,
)
from gezhi.contexts.cases.queries.one_case import (
    CaseDetails,
    CasePage,
    case_page,
    case_row,
    states_of,
)
from gezhi.contexts.cases.queries.places import (
    TaskPlace,
    count_reported,
    places_reported,
    tasks_in,
)
from gezhi.contexts.cases.queries.points import (
    MAX_POINTS,
    MAX_PRESSED,
    CasePoint,
    CasePoints,
    case_points,
    numbered_rows,
    points_of,
)
from gezhi.contexts.cases.queries.powers_in_practice import Practice, Tally, powers_in_practice
from gezhi.contexts.cases.queries.receivers import (
    colleagues_for,
    workers_for,
)
from gezhi.contexts.cases.queries.workflow import (
    rules_in_force,
)
from gezhi.contexts.cases.rows import CaseRow
from gezhi.platform.steps.listing import Page

__all__ = [
    "CASES",
    "MAX_POINTS",
    "MAX_PRESSED",
    "PUBLIC_STEPS",
    "SORTS",
    "Answer",
    "CaseDetails",
    "CasePage",
    "CasePoint",
    "CasePoints",
    "CaseRow",
    "ClassGroup",
    "ClassName",
    "ClassRow",
    "ClassTable",
    "ClassVersion",
    "DutyVersion",
    "FigureRow",
    "Figures",
    "Filters",
    "Followed",
    "LikelyCase",
    "Moved",
    "Nearby",
    "Page",
    "Practice",
    "Preview",
    "PublicStep",
    "Rerouted",
    "RunningDeadline",
    "Share",
    "SpanFigures",
    "Tally",
    "TaskPlace",
    "all_cases",
    "attributes_of",
    "case_page",
    "case_points",
    "case_row",
    "cases_elsewhere",
    "cases_named",
    "class_name",
    "class_rows_of",
    "class_table",
    "class_versions",
    "classes",
    "colleagues_for",
    "count_cases",
    "count_reported",
    "decides_nothing",
    "duty_rows_of",
    "duty_versions",
    "fallback_class",
    "figures",
    "follow",
    "followed_point",
    "guess_class",
    "has_class_version",
    "is_class",
    "likely_duplicates",
    "list_cases",
    "matter_of",
    "moved_deadlines",
    "nearby_alike",
    "nearby_open",
    "next_deadlines",
    "numbered_rows",
    "open_cases_of",
    "outside_grids",
    "places_reported",
    "points_of",
    "powers_in_practice",
    "queue_counts",
    "reaches_nobody",
    "routed_today",
    "rules_in_force",
    "running_deadlines",
    "span_figures",
    "states_of",
    "suggest_classes",
    "tasks_in",
    "who_settles",
    "workers_for",
]
