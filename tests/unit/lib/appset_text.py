"""Text of ApplicationSets for tests, and the folders of teams that they are about."""

from __future__ import annotations

_APPSET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
%s  template:
    metadata: {name: '%s-ray'}
    spec:
      project: ray
      destination: {server: https://kubernetes.default.svc, namespace: '%s'}
      source:
        repoURL: https://git.example.com/ray.git
        path: charts/ray
        targetRevision: main
        helm: {releaseName: ray%s}
"""
TEAMS = {
    "teams/a/values.yaml": "size: 1\n",
    "teams/b/values.yaml": "size: 2\n",
    "teams/b/config.yaml": "size: 7\nowner: {name: Bo}\ntags: [p, q]\n",
    "teams/c-old/config.json": '{"size": 8, "owner": {"name": "Cy"}}',
    "teams/.hidden/values.yaml": "size: 3\n",
    "README.md": "teams\n",
}
FOLDERS = "[{git: {repoURL: https://git.example.com/ray.git, revision: HEAD, directories: [{path: 'teams/*'}]}}]"
# Their own values, where a folder has any.
OWN_VALUES = "ignoreMissingValueFiles: true, valueFiles: ['/{{path}}/values.yaml']"


def appset(generators: str, name: str = "{{path.basename}}", helm: str = "", *, go: bool | str = False) -> str:
    """Write an ApplicationSet that makes a namespace of each name; `go` may be what stands beside goTemplate."""
    lines = [*(["goTemplate: true"] if go else []), *([go] if isinstance(go, str) else []), f"generators: {generators}"]
    return _APPSET % ("".join(f"  {line}\n" for line in lines), name, name, f", {helm}" if helm else "")


def matrix(one: str, other: str) -> str:
    """Write a matrix of two generators."""
    return f"[{{matrix: {{generators: [{one}, {other}]}}}}]"
