"""What a known value stands for, in the database."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field, Func
from django.db.models.expressions import Combinable

from maintenance.daily import engines


class Choice(Func):
    """CASE column WHEN value THEN answer … END; NULL, or `default`, for any other value.

    One expression for any number of values: Django's Case resolves and compiles a lookup for each of them, which for a
    table of days takes longer than the statement it goes into.
    """

    def __init__(
        self, path: str | Combinable, answers: Mapping[Any, Any], *, output_field: Field, default: Any = None
    ) -> None:
        super().__init__(path, *([] if default is None else [default]), output_field=output_field)
        self.answers = answers

    def as_sql(self, compiler, connection, **context):
        column, *default = [compiler.compile(source) for source in self.source_expressions]
        otherwise, otherwise_params = default[0] if default else ("NULL", ())
        if not self.answers:
            return otherwise, otherwise_params
        branches = " ".join(["WHEN %s THEN %s"] * len(self.answers))
        params = [engines.plain(value) for pair in self.answers.items() for value in pair]
        return f"CASE {column[0]} {branches} ELSE {otherwise} END", [*column[1], *params, *otherwise_params]
