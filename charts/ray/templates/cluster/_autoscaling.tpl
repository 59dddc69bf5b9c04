{{/* The autoscaler: how it runs, and the limits that it keeps. */}}

{{/* autoscalerOptions, as JSON. Takes (root, cluster's settings, head's settings). What the user writes under `options`
     comes last. */}}
{{- define "ray.autoscalerOptions" -}}
{{- $settings := index . 1 -}}
{{- $autoscaling := $settings.autoscaling -}}
{{- $head := index . 2 -}}
{{- $mounts := list
      (include "ray.scriptsMount" . | fromJson)
      (dict "name" "autoscaler-token" "mountPath" "/var/run/secrets/kubernetes.io/serviceaccount" "readOnly" true) -}}
{{- if $head.installRay }}{{ $mounts = append $mounts (dict "name" "trial" "mountPath" "/opt/trial" "readOnly" true) }}{{ end -}}
{{- $own := dict
      "version" $autoscaling.version
      "upscalingMode" "Conservative"
      "idleTimeoutSeconds" (include "ray.seconds" $settings.idleTimeoutMinutes | int)
      "imagePullPolicy" $head.image.pullPolicy
      "resources" (include "ray.resources" (dict "resources" $autoscaling.resources) | fromJson)
      "command" (list "python3" "-u" "/etc/raychart/autoscaler.py")
      "args" (list $autoscaling.version "$(KUBERAY_GEN_AUTOSCALER_START_CMD)")
      "volumeMounts" $mounts
      "securityContext" (include "ray.overlay" (list (dict "readOnlyRootFilesystem" true) $head.securityContext) | fromJson) -}}
{{- /* The security context above: KubeRay gives the Ray container's to what it injects, but not to this sidecar. */}}
{{- with include "ray.env" $autoscaling.env | fromJsonArray }}{{ $_ := set $own "env" . }}{{ end -}}
{{- with $autoscaling.envFrom }}{{ $_ := set $own "envFrom" . }}{{ end -}}
{{- include "ray.overlay" (list $own $autoscaling.options) -}}
{{- end -}}

{{/* The limits that a RayCluster has no fields for, as JSON for files/autoscaler_limits.py, which reads them from the
     RayCluster each round: a change restarts nothing. Takes the cluster's settings. */}}
{{- define "ray.limits" -}}
{{- $idle := dict -}}
{{- $min := dict -}}
{{- range $type, $own := .workerTypes -}}
{{- $_ := set $min $type ($own.minWorkers | default 0 | int) -}}
{{- with $own.idleTimeoutMinutes }}{{ $_ := set $idle $type . }}{{ end -}}
{{- end -}}
{{- $max := kindIs "invalid" .maxWorkers | ternary nil (int .maxWorkers) -}}
{{- $scheduled := include "ray.scheduledNumbers" . | fromJson | keys | sortAlpha -}}
{{- dict "maxWorkers" $max "upscalingSpeed" .upscalingSpeed "idleTimeoutMinutes" $idle "minWorkers" $min "scheduled" $scheduled | toJson -}}
{{- end -}}

{{/* Whole seconds. Takes minutes. */}}
{{- define "ray.seconds" -}}
{{- round (mulf . 60) 0 | int -}}
{{- end -}}
