"""Lint, render and smoke-test Ray on Kubernetes, one operator per namespace."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
