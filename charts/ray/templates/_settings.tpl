{{/* Settings: defaults and the user's values, merged once. All return YAML, to be read with fromYaml. */}}

{{/* A cluster's settings: clusterDefaults, then the cluster's own. Takes (root, name). */}}
{{- define "ray.clusterSettings" -}}
{{- $root := index . 0 -}}
{{- $own := index $root.Values.clusters (index . 1) | default dict -}}
{{- mustMergeOverwrite (deepCopy $root.Values.clusterDefaults) (deepCopy $own) | toYaml -}}
{{- end -}}

{{/* A pod's settings: podDefaults, then the head's or the worker type's own. Takes (root, settings of the
     head or type). */}}
{{- define "ray.podSettings" -}}
{{- $root := index . 0 -}}
{{- mustMergeOverwrite (deepCopy $root.Values.podDefaults) (deepCopy (index . 1 | default dict)) | toYaml -}}
{{- end -}}

{{/* Container resources: the cpu, memory and gpu shorthand (requests equal limits), then `resources` as
     written, which wins where both speak. Takes the pod's settings. */}}
{{- define "ray.resources" -}}
{{- $short := dict -}}
{{- if not (kindIs "invalid" .cpu) }}{{- $_ := set $short "cpu" (toString .cpu) }}{{ end -}}
{{- if not (kindIs "invalid" .memory) }}{{- $_ := set $short "memory" (toString .memory) }}{{ end -}}
{{- $limits := deepCopy $short -}}
{{- if .gpu }}{{- $_ := set $limits "nvidia.com/gpu" (toString .gpu) }}{{ end -}}
{{- mustMergeOverwrite (dict "requests" $short "limits" $limits) (deepCopy (.resources | default dict)) | toYaml -}}
{{- end -}}
