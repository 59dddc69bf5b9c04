"""What a function of CEL raises."""

from __future__ import annotations


class RefusedError(ValueError):
    """The API server's own function would end with an error too: the object is refused for it."""

    MARK = "refused by the function: "

    def __init__(self, words: str) -> None:
        super().__init__(self.MARK + words)


class NotHereError(ValueError):
    """What the function would say is not known here, so the rule cannot be applied."""
