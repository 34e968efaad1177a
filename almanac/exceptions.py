"""Why a holiday notice was not taken in."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class RowError:
    """One verdict: the line of the file (the header counted; 0 for the file as a whole) and a Chinese sentence."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.text}" if self.line else self.text


class HolidayImportError(ValueError):
    """Nothing was imported; `errors` has the verdict on every bad row."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))
