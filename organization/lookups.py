"""`field__prefix="zhang"`: a starts-with that both databases answer from an index.

PostgreSQL: LIKE over the varchar_pattern_ops index that Django makes beside every db_index on text.
SQLite: its LIKE folds case and skips the index, so the same set is written as a range in binary order.
"""

from django.db.models import CharField, Lookup


@CharField.register_lookup
class Prefix(Lookup):
    lookup_name = "prefix"
    prepare_rhs = True

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        pattern = str(self.rhs).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        return f"{column} LIKE %s", [*params, f"{pattern}%"]

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, f"{self.rhs}\U0010ffff"]
