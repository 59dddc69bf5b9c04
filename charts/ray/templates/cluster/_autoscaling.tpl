{{/* The autoscaler: how it runs, and the limits that it keeps. */}}

{{/* autoscalerOptions. Takes (root, cluster's settings, head's settings). */}}
{{- define "ray.autoscalerOptions" -}}
{{- $settings := index . 1 -}}
{{- $autoscaling := $settings.autoscaling -}}
{{- $head := index . 2 -}}
version: {{ $autoscaling.version }}
upscalingMode: Conservative
idleTimeoutSeconds: {{ include "ray.seconds" $settings.idleTimeoutMinutes }}
imagePullPolicy: {{ $head.image.pullPolicy }}
resources: {{- include "ray.resources" (dict "resources" $autoscaling.resources) | fromJson | toYaml | nindent 2 }}
command: [python3, -u, /etc/raychart/autoscaler.py]
args: [{{ $autoscaling.version }}, $(KUBERAY_GEN_AUTOSCALER_START_CMD)]
{{- with include "ray.env" $autoscaling.env | fromJsonArray }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $autoscaling.envFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - {{ include "ray.scriptsMount" . }}
  - {name: autoscaler-token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
  {{- if $head.installRay }}
  - {name: trial, mountPath: /opt/trial, readOnly: true}
  {{- end }}
{{- /* KubeRay gives the Ray container's security context to what it injects, but not to this sidecar. */}}
securityContext: {{- include "ray.overlay" (list (dict "readOnlyRootFilesystem" true) $head.securityContext) | fromJson | toYaml | nindent 2 }}
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
