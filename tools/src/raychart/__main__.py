"""Run the command line as `python -m raychart`."""

from __future__ import annotations

import sys

from raychart.cli import main

sys.exit(main())
