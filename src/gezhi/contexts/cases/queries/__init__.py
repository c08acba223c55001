"""What the cases context answers."""

from gezhi.contexts.cases.catalogue import ClassEntry
from gezhi.contexts.cases.queries.class_names import (
    UNCLASSED,
    ClassGroup,
    ClassName,
    class_groups,
    class_name,
    classes,
    guess_class,
    is_class,
    suggest_classes,
)
from gezhi.contexts.cases.queries.figures import (
    FigureRow,
    Figures,
    Share,
    by_class,
    by_street,
    figures,
    overdue,
    queue_counts,
)
from gezhi.contexts.cases.queries.following import (
    PUBLIC_STEPS,
    Followed,
    PublicStep,
    follow,
)
from gezhi.contexts.cases.queries.lists import (
    LOCAL_DAYS,
    SORTS,
    Filters,
    Row,
    filtered,
    list_cases,
    visible_to,
)
from gezhi.contexts.cases.queries.nearby import (
    Nearby,
    nearby_open,
)
from gezhi.contexts.cases.queries.one_case import (
    CasePage,
    case_page,
    get_case,
    possible_actions,
    states_of,
)
from gezhi.contexts.cases.queries.powers import (
    count_powers,
)
from gezhi.contexts.cases.queries.receivers import (
    workers_for,
)
from gezhi.platform.steps.listing import Page

__all__ = [
    "LOCAL_DAYS",
    "PUBLIC_STEPS",
    "SORTS",
    "UNCLASSED",
    "CasePage",
    "ClassEntry",
    "ClassGroup",
    "ClassName",
    "FigureRow",
    "Figures",
    "Filters",
    "Followed",
    "Nearby",
    "Page",
    "PublicStep",
    "Row",
    "Share",
    "by_class",
    "by_street",
    "case_page",
    "class_groups",
    "class_name",
    "classes",
    "count_powers",
    "figures",
    "filtered",
    "follow",
    "get_case",
    "guess_class",
    "is_class",
    "list_cases",
    "nearby_open",
    "overdue",
    "possible_actions",
    "queue_counts",
    "states_of",
    "suggest_classes",
    "visible_to",
    "workers_for",
]
