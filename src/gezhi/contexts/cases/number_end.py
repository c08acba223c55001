"""The last signs of a case's number, as an index holds them."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func

# People read the end of a number aloud: so many of its digits tell some hundred of a million apart.
LENGTH = 4


class NumberEnd(Func):
    """The last four signs of a number. The length is a constant of the statement: only so does an index match it."""

    function = "RIGHT"
    template = f"%(function)s(%(expressions)s, {LENGTH})"
    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite counts from the end by negative numbers."""
        return self.as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, -{LENGTH})", **extra)
