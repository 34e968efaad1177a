"""How a database means to answer what a page asks."""

from django.db import connection


def analyse(*tables: str) -> None:
    """Tell the planner how large the tables are now."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def plan_of(sql: str) -> str:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}")
        return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())


def reads_whole(plan: str, table: str) -> bool:
    """Whether the plan walks the table itself instead of one of its indexes."""
    if connection.vendor == "postgresql":
        return f"Seq Scan on {table}" in plan
    return any(f"SCAN {table}" in line and "USING" not in line for line in plan.splitlines())
