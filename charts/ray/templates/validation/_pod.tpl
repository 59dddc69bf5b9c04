{{/* What is wrong with a Ray pod. Takes a dict: root, settings (the cluster's), cluster (path of its values), path (of
     the pod's values), own (values of the head or type), pod (its settings). */}}
{{- define "ray.podProblems" -}}
{{- $path := .path -}}
{{- $pod := .pod -}}
{{- $params := $pod.rayStartParams | default dict -}}
{{- $resources := include "ray.resources" $pod | fromJson -}}
{{- $container := include "ray.pruned" (dig "resources" dict ($pod.container | default dict) | default dict) | fromJson -}}
{{- $cpus := list (dig "requests" "cpu" "" $resources) (dig "limits" "cpu" "" $resources) (dig "requests" "cpu" "" $container) (dig "limits" "cpu" "" $container) (dig "CPU" "" ($pod.rayResources | default dict)) (index $params "num-cpus") }}
{{- if and .settings.autoscaling.enabled (empty (without $cpus "" nil)) }}
{{ $path }}: no CPUs given, and the autoscaler stops when it cannot tell how many a pod has
    set {{ $path }}.cpu
{{- end }}
{{- range $key := list "num-cpus" "num-gpus" "memory" }}
{{- if and $pod.rayResources (index $params $key) }}
{{ $path }}.rayStartParams.{{ $key }}: given beside rayResources, which KubeRay refuses together
    say it in rayResources alone
{{- end }}
{{- end }}
{{- range $key, $port := dict "port" "6379" "dashboard-port" "8265" "ray-client-server-port" "10001" "metrics-export-port" "8080" "dashboard-agent-listen-port" "52365" }}
{{- if not (has (index $params $key) (list nil $port)) }}
{{ $path }}.rayStartParams.{{ $key }}: {{ index $params $key | quote }}, but services, probes and the autoscaler expect {{ $port }}
    remove it
{{- end }}
{{- end }}
{{- range $key := list "redis-password" "redis-username" }}
{{- if hasKey $params $key }}
{{ $path }}.rayStartParams.{{ $key }}: KubeRay refuses it as an option
    use {{ $.cluster }}.faultTolerance
{{- end }}
{{- end }}
{{- range $pod.setupCommands }}
{{- if contains "ray start" . }}
{{ $path }}.setupCommands: {{ quote . }} calls ray start, so KubeRay would add nothing of its own
    remove it; options go to rayStartParams
{{- end }}
{{- end }}
{{- if and (or $pod.setupCommands $pod.installRay) (or (hasKey ($pod.container | default dict) "command") (hasKey ($pod.container | default dict) "args")) }}
{{ $path }}.container: command or args beside {{ empty $pod.installRay | ternary "setupCommands" "installRay" }}, which they would replace
    put the whole into setupCommands
{{- end }}
{{- if and (eq (dig "ray.io/overwrite-container-cmd" "" (.settings.annotations | default dict)) "true") (not (dig "command" nil ($pod.container | default dict))) }}
{{ $path }}.container.command: none given, though {{ .cluster }}.annotations says ray.io/overwrite-container-cmd: nothing would start Ray
    give the whole command, $KUBERAY_GEN_RAY_START_CMD included, or remove the annotation
{{- end }}
{{- if and $pod.installRay (ne $pod.installRay .settings.rayVersion) }}
{{ $path }}.installRay: {{ $pod.installRay }}, but {{ .cluster }}.rayVersion is {{ .settings.rayVersion }}: the two must be the same Ray
    set both to one version
{{- end }}
{{- if and .settings.autoscaling.enabled (eq .settings.autoscaling.version "v2") (not (has (dig "restartPolicy" nil ($pod.pod | default dict)) (list nil "Never"))) }}
{{ $path }}.pod.restartPolicy: {{ $pod.pod.restartPolicy }}, which KubeRay refuses with autoscaling.version v2
    remove it, or set {{ .cluster }}.autoscaling.version to v1
{{- end }}
{{- $taken := list "ray-logs" "autoscaler-token" "scripts" }}
{{- if $pod.sharedMemory }}{{ $taken = append $taken "shared-mem" }}{{ end }}
{{- if $pod.installRay }}{{ $taken = append $taken "trial" }}{{ end }}
{{- range $name, $volume := $pod.volumes | default dict }}
{{- if and $volume (has $name $taken) }}
{{ $path }}.volumes.{{ $name }}: the name is taken by a volume that the pod has anyway
    choose another name
{{- end }}
{{- end }}
{{- $own := list "ray.io/cluster" "ray.io/node-type" "ray.io/group" "ray.io/identifier" "ray.io/is-ray-node" "app.kubernetes.io/name" "app.kubernetes.io/created-by" "raychart/template" "raychart/joint" }}
{{- include "ray.labelProblems" (dict "path" (printf "%s.labels" $path) "labels" $pod.labels "own" $own) }}
{{- include "ray.labelProblems" (dict "path" (printf "%s.rayLabels" $path) "labels" $pod.rayLabels "own" $own) }}
{{- include "ray.containerProblems" (dict "path" $path "pod" $pod "names" (list "ray-head" "ray-worker" "autoscaler")) }}
{{- include "ray.placementProblems" . }}
{{- end -}}

{{/* What is wrong with a worker type besides. Takes what ray.podProblems takes. */}}
{{- define "ray.typeProblems" -}}
{{- $path := .path -}}
{{- $min := .own.minWorkers | default 0 | int -}}
{{- $max := .own.maxWorkers | int -}}
{{- if gt $min $max }}
{{ $path }}.minWorkers: {{ $min }} is more than maxWorkers ({{ $max }})
    raise maxWorkers or lower minWorkers
{{- end }}
{{- if not (kindIs "invalid" .own.replicas) }}
{{- if .settings.autoscaling.enabled }}
{{ $path }}.replicas: {{ .own.replicas }} is given, but autoscaling is enabled and the number is the autoscaler's
    remove it, or set {{ .cluster }}.autoscaling.enabled to false
{{- else if or (lt (.own.replicas | int) $min) (gt (.own.replicas | int) $max) }}
{{ $path }}.replicas: {{ .own.replicas }} is not between minWorkers ({{ $min }}) and maxWorkers ({{ $max }})
    choose a number between them
{{- end }}
{{- end }}
{{- end -}}

{{/* Placements that are not there. Takes a dict: root, path, pod. */}}
{{- define "ray.placementProblems" -}}
{{- range $placement := .pod.placement }}
{{- if kindIs "invalid" (index $.root.Values.placements $placement) }}
{{ $.path }}.placement: {{ quote $placement }} is not among placements ({{ keys $.root.Values.placements | sortAlpha | join ", " | default "none" }})
    add it to placements, or use one that is there
{{- end }}
{{- end }}
{{- end -}}

{{/* Containers under a name that the chart's have. Takes a dict: path, pod, names. */}}
{{- define "ray.containerProblems" -}}
{{- if hasKey (.pod.container | default dict) "name" }}
{{ .path }}.container.name: the container's name is the chart's
    remove it
{{- end }}
{{- range dig "containers" list (.pod.pod | default dict) }}
{{- if has .name $.names }}
{{ $.path }}.pod.containers: {{ .name }} is the name of the chart's own container
    say under {{ $.path }}.container what it should be, or choose another name
{{- end }}
{{- end }}
{{- range $name, $sidecar := .pod.sidecars | default dict }}
{{- if and $sidecar (has $name $.names) }}
{{ $.path }}.sidecars.{{ $name }}: the name is taken by the chart's own container
    choose another name
{{- end }}
{{- end }}
{{- end -}}
