{{/* Maps and lists: what both the chart and the user fill. Results are JSON, not YAML: Helm cuts a line break off the end of
     the YAML that it makes, and with it off a text that ends with one. */}}

{{/* Maps over each other, as JSON: maps merge, scalars replace, null removes. Lists of the pod API that both fill add up,
     and an entry of the upper one replaces one of the same key in the lower. Takes a list, the lowest first; all but the
     last are changed. */}}
{{- define "ray.overlay" -}}
{{- $keys := dict
      "containers" "name" "initContainers" "name" "volumes" "name" "imagePullSecrets" "name" "hostAliases" "ip"
      "env" "name" "ports" "name" "volumeMounts" "mountPath"
      "envFrom" "" "tolerations" "" "topologySpreadConstraints" "" -}}
{{- $all := first . -}}
{{- range $upper := rest . -}}
{{- $joined := dict -}}
{{- range $field, $list := $upper -}}
{{- if and (kindIs "slice" $list) (hasKey $keys $field) (kindIs "slice" (index $all $field)) -}}
{{- $_ := set $joined $field (include "ray.join" (list (index $all $field) $list (index $keys $field)) | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- if $upper }}{{ $all = mustMergeOverwrite $all $upper $joined }}{{ end -}}
{{- end -}}
{{- include "ray.pruned" $all -}}
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

{{/* A map without what is null, at every depth, as JSON: cleared values must not reach the API. Takes the map. */}}
{{- define "ray.pruned" -}}
{{- $text := toJson . -}}
{{- /* The walk is slow, and there is seldom anything to find. */}}
{{- if contains "null" $text -}}
{{- $map := fromJson $text -}}
{{- include "ray.prune" $map -}}
{{- $text = toJson $map -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* The walk: removes in place. Takes a map. */}}
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
{{- if or $value (kindIs "bool" $value) (kindIs "float64" $value) (kindIs "int64" $value) -}}
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
