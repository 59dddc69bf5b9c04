"""Git repositories for tests: made in a folder, with whatever names and contents a test wants."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Nothing of the user's own settings, and the same ids in every run.
_ENV = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}

# A chart that is read and rendered fast: one ConfigMap, of values that may be refused.
SMALL_CHART = {
    "charts/ray/Chart.yaml": "apiVersion: v2\nname: ray\nversion: 1.0.0\n",
    "charts/ray/values.yaml": "size: 1\nnote: plain\n",
    "charts/ray/templates/all.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: {{ .Release.Namespace }}}
data:
  size: {{ required "size is needed" .Values.size | quote }}
  note: {{ .Values.note | quote }}
""",
}


class GitRepository:
    """A repository whose branch is main."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.mkdir(parents=True)
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str | bytes | Path) -> str:
        """Run git in it."""
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *map(os.fsencode, arguments)],
            cwd=self.path,
            env={**os.environ, **_ENV},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace").strip()

    def write(self, files: dict[str, str | bytes | None]) -> None:
        """Write files by their paths; None removes one."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes | None] | None = None) -> str:
        """Write files, commit everything, and return the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=change")
        return self.git("rev-parse", "HEAD")
