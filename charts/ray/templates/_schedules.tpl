{{/* Schedules: worker types' numbers by the clock. All return JSON, to be read with fromJson. */}}

{{/* A cluster's schedules by name, each with all its keys. Takes the cluster's settings. */}}
{{- define "ray.schedules" -}}
{{- $schedules := dict -}}
{{- range $name, $schedule := .schedules -}}
{{- if $schedule }}{{ $_ := set $schedules $name (merge (dict) $schedule (dict "timeZone" "Etc/UTC")) }}{{ end -}}
{{- end -}}
{{- toJson $schedules -}}
{{- end -}}

{{/* The numbers that schedules name for a worker type, by type. Takes the cluster's settings. */}}
{{- define "ray.scheduledNumbers" -}}
{{- $numbers := dict -}}
{{- range include "ray.schedules" . | fromJson -}}
{{- range $type, $number := .minWorkers -}}
{{- $_ := set $numbers $type (append (index $numbers $type | default list) $number) -}}
{{- end -}}
{{- end -}}
{{- toJson $numbers -}}
{{- end -}}

{{/* The lowest and the highest minimum that a worker type may have: {least, most}. KubeRay never goes below what the
     RayCluster says, so that is the least; the autoscaler holds what is in force. Takes (cluster's settings, type). */}}
{{- define "ray.minWorkers" -}}
{{- $settings := index . 0 -}}
{{- $own := index $settings.workerTypes (index . 1) -}}
{{- $least := $own.minWorkers | default 0 | int -}}
{{- $most := $least -}}
{{- range index (include "ray.scheduledNumbers" $settings | fromJson) (index . 1) -}}
{{- $least = min $least (int .) -}}
{{- $most = max $most (int .) -}}
{{- end -}}
{{- dict "least" $least "most" $most | toJson -}}
{{- end -}}
