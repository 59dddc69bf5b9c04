"""Log lines in the two forms of the genuine operator's flag: console and json."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


class _Formatter(logging.Formatter):
    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        if self._as_json:
            line = {"level": record.levelname.lower(), "ts": time, "logger": record.name, "msg": message}
            return json.dumps(line)
        return f"{time}\t{record.levelname}\t{record.name}\t{message}"


def set_up(as_json: bool) -> None:
    """Send everything from INFO on to standard error, where the genuine operator writes."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(as_json))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
