{{/* What is wrong with the operator's values: message and remedy, a blank line before each. Takes the root context. */}}
{{- define "ray.operatorProblems" -}}
{{- $operator := .Values.operator -}}
{{- if and $operator.podDisruptionBudget.enabled (lt (int $operator.replicas) 2) }}
operator.podDisruptionBudget.enabled: true with operator.replicas {{ $operator.replicas }}, which protects nothing
    set operator.replicas to 2, or the budget to false
{{- end }}
{{- include "ray.placementProblems" (dict "root" . "path" "operator" "pod" $operator) }}
{{- include "ray.containerProblems" (dict "path" "operator" "pod" $operator "names" (list "operator")) }}
{{- include "ray.labelProblems" (dict "path" "operator.labels" "labels" $operator.labels "own" (include "ray.operatorSelector" . | fromYaml | keys | sortAlpha)) }}
{{- end -}}
