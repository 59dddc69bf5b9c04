{{/* Labels: the one place that writes them. */}}

{{/* Labels of every object of this chart, never of a pod template: a label that changes with the chart's
     version would look like a change of every pod. Takes the root context. */}}
{{- define "ray.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: ray
{{- end -}}

{{/* What selects the operator's pods. Takes the root context. */}}
{{- define "ray.operatorSelector" -}}
app.kubernetes.io/name: kuberay-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What KubeRay looks for on a head service before it creates one, and what selects the head pod
     (RayClusterHeadServiceListOptions, HeadServiceLabels). Takes the cluster's name. */}}
{{- define "ray.headSelector" -}}
ray.io/cluster: {{ . }}
ray.io/identifier: {{ . }}-head
ray.io/node-type: head
app.kubernetes.io/name: kuberay
app.kubernetes.io/created-by: kuberay-operator
{{- end -}}
