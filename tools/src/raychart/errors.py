"""The error that says a command could not do its work."""

from __future__ import annotations


class RaychartError(Exception):
    """Say where the work stopped, what was found there and what to do about it.

    A mistake in the user's values is a Finding, not an error; the command line turns an error into exit code 2.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(where, what, remedy)
        self.where = where
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        """Lay the error out as every message is: the problem, then the indented remedy."""
        return f"{self.where}: {self.what}\n    {self.remedy}"
