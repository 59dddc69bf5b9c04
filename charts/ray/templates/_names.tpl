{{/* Names: the one place that composes them. */}}

{{/* The operator's Deployment, ServiceAccount, Role and RoleBinding. Takes the root context. */}}
{{- define "ray.operatorName" -}}
{{ .Release.Name }}-operator
{{- end -}}

{{/* A cluster's head service, which is its address. Takes the cluster's name. KubeRay composes the same
     name for what the workers connect to (GenerateHeadServiceName), so it cannot be chosen freely. */}}
{{- define "ray.headServiceName" -}}
{{ . }}-head-svc
{{- end -}}
