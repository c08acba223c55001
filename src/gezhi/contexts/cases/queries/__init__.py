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
from gezhi.contexts.cases.queries.nearby import (
    Nearby,
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
from gezhi.contexts.cases.queries.powers import (
    count_powers,
)
from gezhi.contexts.cases.queries.receivers import (
    workers_for,
)
from gezhi.contexts.cases.rows import CaseRow
from gezhi.platform.steps.listing import Page

__all__ = [
    "CASES",
    "MAX_POINTS",
    "MAX_PRESSED",
    "PUBLIC_STEPS",
    "SORTS",
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
    "FigureRow",
    "Figures",
    "Filters",
    "Followed",
    "Nearby",
    "Page",
    "PublicStep",
    "Share",
    "SpanFigures",
    "TaskPlace",
    "all_cases",
    "attributes_of",
    "case_page",
    "case_points",
    "case_row",
    "class_name",
    "class_rows_of",
    "class_table",
    "class_versions",
    "classes",
    "count_cases",
    "count_powers",
    "count_reported",
    "fallback_class",
    "figures",
    "follow",
    "followed_point",
    "guess_class",
    "has_class_version",
    "is_class",
    "list_cases",
    "nearby_open",
    "numbered_rows",
    "open_cases_of",
    "outside_grids",
    "places_reported",
    "points_of",
    "queue_counts",
    "span_figures",
    "states_of",
    "suggest_classes",
    "tasks_in",
    "workers_for",
]
