{{/* Names: the one place that composes them. */}}

{{/* The operator's Deployment, ServiceAccount, Role and RoleBinding. Takes the root context. */}}
{{- define "ray.operatorName" -}}
{{ .Release.Name }}-operator
{{- end -}}

{{/* The ConfigMap with the scripts that pods run. Takes the root context. */}}
{{- define "ray.scriptsName" -}}
{{ .Release.Name }}-scripts
{{- end -}}

{{/* A cluster's head service, which is its address. Takes the cluster's name. KubeRay composes the same
     name for what the workers connect to (GenerateHeadServiceName), so it cannot be chosen freely. */}}
{{- define "ray.headServiceName" -}}
{{ . }}-head-svc
{{- end -}}

{{/* The Secret with a cluster's token: the user's, or the one that KubeRay makes and names after the cluster.
     Takes (cluster's name, cluster's settings). */}}
{{- define "ray.tokenSecretName" -}}
{{ (index . 1).auth.secretName | default (index . 0) }}
{{- end -}}

{{/* What a cluster's dashboard is reached through from outside: Service, Ingress, HTTPRoute, Middleware. */}}
{{- define "ray.dashboardName" -}}
{{ . }}-dashboard
{{- end -}}

{{/* A cluster's own Redis: Deployment, Service, claim, NetworkPolicy. Takes the cluster's name. */}}
{{- define "ray.redisName" -}}
{{ . }}-redis
{{- end -}}

{{/* What applies a cluster's schedules: ServiceAccount, Role, RoleBinding, and with a hash the Job. Takes the cluster's
     name. */}}
{{- define "ray.scheduleName" -}}
{{ . }}-schedule
{{- end -}}

{{/* What applies them where a window begins or ends. Takes (cluster's name, schedule's name, start or end). */}}
{{- define "ray.cronJobName" -}}
{{ join "-" . }}
{{- end -}}
