"""What the loader and the schema find while they read: rules without a check of their own, here to be explained."""

from __future__ import annotations

from raychart.lint.rule import Rule

RULES = (
    Rule(
        "values-yaml",
        "error",
        "Helm refuses the file or a --set flag, or reads something else than what is written.",
        "Helm reads YAML through go-yaml and keeps numbers as 64-bit floats. A file that is not YAML fails the "
        "release; a large number is rounded, an unquoted yes or on becomes the key or value true, a second document "
        "is dropped by Helm 3 and merged by Helm 4, all of it silently.",
        "Helm 3 and Helm 4, go-yaml v2 and v3, sigs.k8s.io/yaml",
    ),
    Rule(
        "helm-versions",
        "warning",
        "Helm 3 and Helm 4 read something differently.",
        "Helm 4 ends the last line of a file that has no line break there, Helm 3 does not: text in a block scalar (|) "
        "ends with a line break for one and not for the other. And only Helm 4 takes --set-json without a key.\n\nOf "
        "a null in the values.yaml of a chart or subchart, Helm 3 hands it to the templates, and takes a subchart's "
        "default away for it; Helm 4 leaves the key out. Where that gives other objects, render, validate and review "
        "say so.\n\nWhat a team tries out and what the pipeline deploys may differ.",
        "pkg/cli/values/options.go and pkg/chart/v2/loader/load.go of Helm 3.21 and 4.3",
    ),
    Rule(
        "values-empty",
        "warning",
        "The file holds no values.",
        "Helm takes an empty file for no values at all and deploys the chart's defaults: an operator without a "
        "cluster. It is mostly a file that was saved too early, or one in which everything is commented out.",
        "Helm's reading of -f",
    ),
    Rule(
        "values-duplicate-key",
        "error",
        "A key stands twice in one mapping.",
        "Helm silently takes the last one, so that an edit of the first changes nothing. Mappings under two equal keys "
        "are not merged: whatever the first one holds is gone.",
        "sigs.k8s.io/yaml as Helm calls it: the last key wins, without a word",
    ),
    Rule(
        "values-schema",
        "error",
        "The chart's schema refuses a key or a value.",
        "helm install, helm upgrade and Argo CD all stop at what values.schema.json refuses: misspelt keys, text where "
        "a number belongs, quantities that Kubernetes cannot read.",
        "charts/ray/values.schema.json",
    ),
)
