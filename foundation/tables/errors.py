"""What can be said about an uploaded table: refusals and remarks, with the row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.errors import InvalidInput, Sentence


class TableError(InvalidInput):
    """The table, or one cell of it, cannot be read as asked.

    ``row`` is the line of the file where the record starts (1 is the first line; in a workbook the
    number of the row), ``column`` the header or the letter of the column. Both are also in
    ``params``, which the message's named placeholders use.
    """

    def __init__(
        self,
        code: str,
        message: Sentence,
        *,
        row: int | None = None,
        column: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.row = row
        self.column = column
        super().__init__(
            message, code=code, params={**(params or {}), "row": row, "column": column}
        )


@dataclass(frozen=True)
class Remark:
    """Something worth telling that stops nothing."""

    code: str
    message: Sentence
    row: int | None = None
    column: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message) % {**self.params, "row": self.row, "column": self.column}
