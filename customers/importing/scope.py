"""Whose rows a batch may touch: those of the importer's units; the operator of the host may touch all."""

from dataclasses import dataclass

from customers.models import ImportBatch
from organization.models import Staff, Unit


@dataclass(frozen=True)
class ImportScope:
    """`by` is None for the operator. `home` is where rows without a unit of their own go."""

    by: Staff | None
    home: Unit
    path: str

    @property
    def is_whole_bank(self) -> bool:
        return self.path.count("/") <= 1

    def covers(self, unit: Unit) -> bool:
        return unit.path.startswith(self.path)


def scope_of(batch: ImportBatch) -> ImportScope:
    """The batch's unit and everything below it, within what its importer answers for."""
    if batch.created_by is None:
        return ImportScope(None, batch.unit, batch.unit.path)
    own, chosen = batch.created_by.unit.path, batch.unit.path
    # The narrower of the two; the service has refused units that are not below the importer's own.
    return ImportScope(batch.created_by, batch.unit, chosen if chosen.startswith(own) else own)
