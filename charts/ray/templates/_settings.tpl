{{/* Settings: defaults and the user's values, merged once. All return JSON, to be read with fromJson. */}}

{{/* The names of the clusters, in order. Takes the root context. */}}
{{- define "ray.clusterNames" -}}
{{- $names := list -}}
{{- range $name, $cluster := .Values.clusters }}{{ if not (kindIs "invalid" $cluster) }}{{ $names = append $names $name }}{{ end }}{{ end -}}
{{- toJson $names -}}
{{- end -}}

{{/* A cluster's settings: clusterDefaults, then the cluster's own. Takes (root, name). */}}
{{- define "ray.clusterSettings" -}}
{{- include "ray.once" (list (index . 0) "ray.mergedCluster" . (index . 1)) -}}
{{- end -}}

{{- define "ray.mergedCluster" -}}
{{- $root := index . 0 -}}
{{- $all := mustMergeOverwrite (toJson $root.Values.clusterDefaults | fromJson) (index $root.Values.clusters (index . 1)) -}}
{{- $types := dict -}}
{{- range $name, $type := $all.workerTypes }}{{ if not (kindIs "invalid" $type) }}{{ $_ := set $types $name $type }}{{ end }}{{ end -}}
{{- set $all "workerTypes" $types | toJson -}}
{{- end -}}

{{/* A pod's settings: podDefaults, then the head's or the worker type's own. Takes (root, settings of the
     head or type). */}}
{{- define "ray.podSettings" -}}
{{- include "ray.once" (list (index . 0) "ray.mergedPod" . (index . 1)) -}}
{{- end -}}

{{- define "ray.mergedPod" -}}
{{- $root := index . 0 -}}
{{- mustMergeOverwrite (toJson $root.Values.podDefaults | fromJson) (index . 1 | default dict) | toJson -}}
{{- end -}}

{{/* Settings of a pod for a short errand in a cluster's image (test, uninstalling): where the head may run, with little
     of its own. Takes (root, cluster's settings). */}}
{{- define "ray.errandSettings" -}}
{{- include "ray.once" (list (index . 0) "ray.pickedErrand" . (index . 1).head) -}}
{{- end -}}

{{- define "ray.pickedErrand" -}}
{{- $head := include "ray.podSettings" (list (index . 0) (index . 1).head) | fromJson -}}
{{- $size := dict
      "requests" (dict "cpu" "50m" "memory" "128Mi" "ephemeral-storage" "16Mi")
      "limits" (dict "cpu" "1" "memory" "512Mi" "ephemeral-storage" "64Mi") -}}
{{- pick $head "image" "placement" "nodeSelector" "tolerations" "priorityClassName" "schedulerName"
      "podSecurityContext" "securityContext" "dnsPolicy" "dnsConfig" "hostAliases"
    | merge (dict "resources" $size "env" (dict "HOME" "/tmp") "volumes" (dict "tmp" (dict "mountPath" "/tmp"))) | toJson -}}
{{- end -}}

{{/* The names of the clusters with GCS fault tolerance, in order. Takes the root context. */}}
{{- define "ray.faultTolerantNames" -}}
{{- $names := list -}}
{{- range $name := include "ray.clusterNames" . | fromJsonArray -}}
{{- if (include "ray.clusterSettings" (list $ $name) | fromJson).faultTolerance.enabled }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}
