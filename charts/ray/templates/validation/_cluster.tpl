{{/* What is wrong with a cluster. Takes a dict: root, name, path (of its values), settings (its settings). */}}
{{- define "ray.clusterProblems" -}}
{{- $path := .path -}}
{{- $settings := .settings -}}
{{- $operator := .root.Values.operator -}}
{{- /* KubeRay clips the names of what it makes to 50 characters from the front (CheckName). */}}
{{- if gt (len .name) 50 }}
{{ $path }}: the name has {{ len .name }} characters, KubeRay has room for 50
    choose a shorter name
{{- end }}
{{- if and $settings.autoscaling.enabled (not $settings.workerTypes) }}
{{ $path }}.workerTypes: none given, but autoscaling is enabled and has nothing to scale
    add a worker type, or set {{ $path }}.autoscaling.enabled to false
{{- end }}
{{- if hasKey ($settings.autoscaling.env | default dict) "KUBERAY_GEN_AUTOSCALER_START_CMD" }}
{{ $path }}.autoscaling.env.KUBERAY_GEN_AUTOSCALER_START_CMD: is KubeRay's own, which refuses it
    remove it
{{- end }}
{{- if eq $settings.auth.mode "token" }}
{{- if semverCompare "<2.52.0" (include "ray.release" $settings.rayVersion) }}
{{ $path }}.auth.mode: token needs Ray 2.52.0 or later, rayVersion is {{ $settings.rayVersion }}
    raise {{ $path }}.rayVersion, or set auth.mode to disabled and say why in auth.reason
{{- end }}
{{- else }}
{{- if not $settings.auth.reason }}
{{ $path }}.auth.mode: disabled without a reason: whoever can connect can run code in the cluster
    say why in {{ $path }}.auth.reason, or set mode to token
{{- end }}
{{- if $settings.auth.secretName }}
{{ $path }}.auth.secretName: {{ quote $settings.auth.secretName }} is given, but auth.mode is disabled and nobody reads it
    remove it, or set {{ $path }}.auth.mode to token
{{- end }}
{{- end }}
{{- with $settings.faultTolerance }}
{{- if and .enabled (not .redisAddress) (not .passwordSecret.name) }}
{{ $path }}.faultTolerance.passwordSecret.name: empty, and the cluster's own Redis is not run without a password
    make a Secret with the password under the key {{ .passwordSecret.key }}, and name it here
{{- end }}
{{- end }}
{{- $redis := dict "root" .root "path" (printf "%s.faultTolerance.redis" $path) "pod" $settings.faultTolerance.redis "names" (list "redis") }}
{{- include "ray.containerProblems" $redis }}
{{- include "ray.placementProblems" $redis }}
{{- $env := merge (dict) ($settings.head.env | default dict) ($.root.Values.podDefaults.env | default dict) }}
{{- range $variable := list "RAY_REDIS_ADDRESS" "REDIS_PASSWORD" "REDIS_USERNAME" }}
{{- if hasKey $env $variable }}
{{ $path }}.head.env.{{ $variable }}: KubeRay refuses it as a variable
    use {{ $path }}.faultTolerance
{{- end }}
{{- end }}
{{- if hasKey $env "RAY_enable_autoscaler_v2" }}
{{ $path }}.head.env.RAY_enable_autoscaler_v2: KubeRay refuses it beside autoscaling.version
    use {{ $path }}.autoscaling
{{- end }}
{{- range $annotation, $instead := dict "ray.io/ft-enabled" "faultTolerance.enabled" "ray.io/external-storage-namespace" "faultTolerance.storageNamespace" "ray.io/enable-serve-service" "serveService.enabled" "raychart/rollout" "rollout" }}
{{- if hasKey ($settings.annotations | default dict) $annotation }}
{{ $path }}.annotations: {{ $annotation }} is set by the chart
    use {{ $path }}.{{ $instead }}
{{- end }}
{{- end }}
{{- if and $operator.enabled $settings.spec }}
{{- range $field, $gate := dict "networkPolicy" "RayClusterNetworkPolicy" "tlsOptions" "RayClusterMTLS" "historyServerOptions" "RayClusterHistoryServer" }}
{{- if and (hasKey $settings.spec $field) (not (index $operator.featureGates $gate)) }}
{{ $path }}.spec.{{ $field }}: KubeRay refuses it without its feature gate {{ $gate }}
    set operator.featureGates.{{ $gate }} to true, or remove it
{{- end }}
{{- end }}
{{- end }}
{{- include "ray.limitProblems" . }}
{{- range $field, $why := dict
      "enableIngress" "KubeRay makes it once and never takes it away\n    use %s.dashboard.ingress"
      "ingressOptions" "KubeRay makes it once and never takes it away\n    use %s.dashboard.ingress"
      "headServiceAnnotations" "the head service is the chart's, and KubeRay never changes one\n    use %s.headService.annotations" }}
{{- if hasKey ($settings.spec | default dict) $field }}
{{ $path }}.spec.{{ $field }}: {{ printf $why $path }}
{{- end }}
{{- end }}
{{- include "ray.queueProblems" . }}
{{- $own := concat (include "ray.clusterLabels" (list .root .name) | fromYaml | keys | sortAlpha) (include "ray.queueLabels" (list .name $settings.queue) | fromJson | keys | sortAlpha) }}
{{- include "ray.labelProblems" (dict "path" (printf "%s.labels" $path) "labels" $settings.labels "own" $own) }}
{{- end -}}

{{/* What is wrong with a cluster's limits over all worker types. Takes what ray.clusterProblems takes. */}}
{{- define "ray.limitProblems" -}}
{{- $path := .path -}}
{{- $settings := .settings -}}
{{- $autoscaling := $settings.autoscaling -}}
{{- $limited := not (kindIs "invalid" $settings.maxWorkers) -}}
{{- $pods := 0 -}}
{{- $number := $autoscaling.enabled | ternary "minWorkers" "replicas" -}}
{{- range $settings.workerTypes -}}
{{- $workers := .minWorkers | default 0 -}}
{{- if and (not $autoscaling.enabled) (not (kindIs "invalid" .replicas)) }}{{ $workers = .replicas }}{{ end -}}
{{- $pods = add $pods (mul $workers (.numOfHosts | default 1)) -}}
{{- end -}}
{{- if and $limited (gt $pods (int64 $settings.maxWorkers)) }}
{{ $path }}.maxWorkers: {{ $settings.maxWorkers }} is less than the pods of all worker types' {{ $number }} together ({{ $pods }})
    raise maxWorkers or lower {{ $number }}
{{- end }}
{{- if and $autoscaling.enabled (eq $autoscaling.version "v2") }}
{{- if $limited }}
{{ $path }}.maxWorkers: {{ $settings.maxWorkers }}, which autoscaling.version v2 does not keep
    set {{ $path }}.autoscaling.version to v1, or maxWorkers to null and lower each type's own
{{- end }}
{{- if ne (float64 $settings.upscalingSpeed) 1.0 }}
{{ $path }}.upscalingSpeed: {{ $settings.upscalingSpeed }}, which autoscaling.version v2 does not keep
    set {{ $path }}.autoscaling.version to v1, or upscalingSpeed to 1
{{- end }}
{{- end }}
{{- range $annotation := list "raychart/autoscaling" "raychart/min-workers" }}
{{- if hasKey ($settings.annotations | default dict) $annotation }}
{{ $path }}.annotations: {{ $annotation }} is the chart's own
    remove it; maxWorkers, upscalingSpeed, idleTimeoutMinutes and schedules are keys of {{ $path }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What is wrong with a cluster's batch queue. Takes what ray.clusterProblems takes. */}}
{{- define "ray.queueProblems" -}}
{{- $path := printf "%s.queue" .path -}}
{{- $queue := .settings.queue -}}
{{- $operator := .root.Values.operator -}}
{{- $scheduler := $queue.scheduler -}}
{{- if $scheduler }}
{{- if and $operator.enabled (ne $scheduler "kueue") (ne $scheduler $operator.batchScheduler) }}
{{ $path }}.scheduler: {{ $scheduler }}, but the operator works with {{ $operator.batchScheduler | default "none" }}
    set operator.batchScheduler to {{ $scheduler }}
{{- end }}
{{- $takes := index (dict "kueue" (list "name" "priorityClass") "volcano" (list "name" "priorityClass") "yunikorn" (list "name" "gang") "kai-scheduler" (list "name") "scheduler-plugins" (list "gang")) $scheduler }}
{{- range $key := list "name" "gang" "priorityClass" }}
{{- if and (index $queue $key) (not (has $key $takes)) }}
{{ $path }}.{{ $key }}: {{ index $queue $key }} is given, and {{ $scheduler }} takes only {{ join " and " $takes }}
    remove it
{{- end }}
{{- end }}
{{- if and (has $scheduler (list "kueue" "kai-scheduler")) (not $queue.name) }}
{{ $path }}.name: none given, and without one {{ $scheduler }} leaves the cluster alone
    name the queue
{{- end }}
{{- else if or $queue.name $queue.gang $queue.priorityClass }}
{{ $path }}.scheduler: none given, so the rest of queue does nothing
    set it to kueue, volcano, yunikorn, kai-scheduler or scheduler-plugins
{{- end }}
{{- end -}}

{{/* What is wrong with how a cluster is reached. Takes what ray.clusterProblems takes. */}}
{{- define "ray.accessProblems" -}}
{{- $path := .path -}}
{{- $settings := .settings -}}
{{- $dashboard := $settings.dashboard -}}
{{- if and (ne $settings.auth.mode "token") (not $dashboard.exposeWithoutAuthentication) }}
{{- range $where, $exposed := dict "dashboard.ingress.enabled" $dashboard.ingress.enabled "dashboard.httpRoute.enabled" $dashboard.httpRoute.enabled "headService.type" (ne $settings.headService.type "ClusterIP") }}
{{- if $exposed }}
{{ $path }}.{{ $where }}: exposes a cluster without authentication: whoever reaches it can run code there
    set {{ $path }}.auth.mode to token, or {{ $path }}.dashboard.exposeWithoutAuthentication to true
{{- end }}
{{- end }}
{{- end }}
{{- if and $dashboard.ingress.enabled (trimSuffix "/" $dashboard.ingress.path) (not $dashboard.ingress.controller) }}
{{ $path }}.dashboard.ingress.controller: none given, and {{ $dashboard.ingress.path }} must be cut off before the dashboard gets a request
    set it to traefik, nginx or haproxy; or to other, with annotations that make yours cut it off
{{- end }}
{{- if and $dashboard.httpRoute.enabled (not $dashboard.httpRoute.parentRefs) }}
{{ $path }}.dashboard.httpRoute.parentRefs: none given, so no gateway takes the route
    name the gateway
{{- end }}
{{- if and (ne $settings.headService.type "LoadBalancer") (or $settings.headService.loadBalancerClass $settings.headService.loadBalancerSourceRanges) }}
{{ $path }}.headService.type: {{ $settings.headService.type }}, which has no load balancer to set
    set it to LoadBalancer, or remove loadBalancerClass and loadBalancerSourceRanges
{{- end }}
{{- end -}}

{{/* What is wrong with labels that are the chart's own. Takes a dict: path, labels, own (the chart's keys). */}}
{{- define "ray.labelProblems" -}}
{{- range $key := keys (.labels | default dict) | sortAlpha }}
{{- if has $key $.own }}
{{ $.path }}: {{ $key }} is the chart's own
    use another key
{{- end }}
{{- end }}
{{- end -}}
