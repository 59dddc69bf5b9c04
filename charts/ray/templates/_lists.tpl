{{/* Maps and lists: what both the chart and the user fill. Results are JSON, not YAML: Helm cuts a line break off the end of
     the YAML that it makes, and with it off a text that ends with one. */}}

{{/* One map over another, as JSON: maps merge, scalars replace, null removes. Lists of the pod API that both fill add
     up, and an entry of the upper one replaces one of the same key in the lower. Takes (lower, upper). */}}
{{- define "ray.overlay" -}}
{{- $keys := dict
      "containers" "name" "initContainers" "name" "volumes" "name" "imagePullSecrets" "name" "hostAliases" "ip"
      "env" "name" "ports" "name" "volumeMounts" "mountPath"
      "envFrom" "" "tolerations" "" "topologySpreadConstraints" "" -}}
{{- $lower := index . 0 -}}
{{- $upper := deepCopy (index . 1 | default dict) -}}
{{- range $field, $key := $keys -}}
{{- if and (kindIs "slice" (index $lower $field)) (kindIs "slice" (index $upper $field)) -}}
{{- $_ := set $upper $field (include "ray.join" (list (index $lower $field) (index $upper $field) $key) | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- $all := mustMergeOverwrite (deepCopy $lower) $upper -}}
{{- include "ray.prune" $all -}}
{{- toJson $all -}}
{{- end -}}

{{/* Two lists as one, as JSON. Takes (lower, upper, name of the key that makes entries the same, or ""). */}}
{{- define "ray.join" -}}
{{- $key := index . 2 -}}
{{- $taken := dict -}}
{{- range index . 1 }}{{ if and $key (hasKey . $key) }}{{ $_ := set $taken (index . $key | toString) true }}{{ end }}{{ end -}}
{{- $kept := list -}}
{{- range index . 0 }}{{ if not (and $key (hasKey $taken (index . $key | toString))) }}{{ $kept = append $kept . }}{{ end }}{{ end -}}
{{- concat $kept (index . 1) | toJson -}}
{{- end -}}

{{/* Removes, in place and at every depth, what is null: cleared values must not reach the API. Takes a map. */}}
{{- define "ray.prune" -}}
{{- range $key, $value := . -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $ $key -}}
{{- else if kindIs "map" $value -}}
{{- include "ray.prune" $value -}}
{{- else if kindIs "slice" $value -}}
{{- range $value }}{{ if kindIs "map" . }}{{ include "ray.prune" . }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A map without its empty entries, as JSON: defaults that say nothing are left out. false and 0 stay. */}}
{{- define "ray.said" -}}
{{- $said := dict -}}
{{- range $key, $value := . -}}
{{- if or (kindIs "bool" $value) (kindIs "float64" $value) (kindIs "int64" $value) (not (empty $value)) -}}
{{- $_ := set $said $key $value -}}
{{- end -}}
{{- end -}}
{{- toJson $said -}}
{{- end -}}

{{/* A map of entries by name as the list that the API wants, in order of name. Takes the map. */}}
{{- define "ray.named" -}}
{{- $list := list -}}
{{- range $name, $entry := . -}}
{{- if $entry }}{{- $list = append $list (merge (dict "name" $name) $entry) }}{{ end -}}
{{- end -}}
{{- toJson $list -}}
{{- end -}}

{{/* A scalar as a string: a number as it was written, not as 1e+06. */}}
{{- define "ray.string" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end -}}

{{/* Environment variables, by name in order of name, as the API wants them. Takes the map. */}}
{{- define "ray.env" -}}
{{- $list := list -}}
{{- range $name, $value := . -}}
{{- if kindIs "map" $value -}}
{{- $list = append $list (merge (dict "name" $name) $value) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $list = append $list (dict "name" $name "value" (include "ray.string" $value)) -}}
{{- end -}}
{{- end -}}
{{- toJson $list -}}
{{- end -}}
