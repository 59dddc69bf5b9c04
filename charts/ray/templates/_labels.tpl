{{/* Labels and annotations: the one place that writes them. */}}

{{/* Labels of every object of this chart, never of a pod template: a label that changes with the chart's
     version would look like a change of every pod. Takes the root context. */}}
{{- define "ray.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: ray
{{- end -}}

{{/* Labels of a cluster's objects. Takes (root, cluster's name). */}}
{{- define "ray.clusterLabels" -}}
{{ include "ray.labels" (index . 0) }}
app.kubernetes.io/name: ray
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* What selects the operator's pods. Takes the root context. */}}
{{- define "ray.operatorSelector" -}}
app.kubernetes.io/name: kuberay-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* What selects the pods of a cluster's own Redis. Takes (root, cluster's name). */}}
{{- define "ray.redisSelector" -}}
app.kubernetes.io/name: redis
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* What selects pods of short errands (test, uninstalling). Takes the root context. */}}
{{- define "ray.errandSelector" -}}
app.kubernetes.io/name: ray-errand
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

{{/* Argo CD deletes in reverse order of waves: what must outlive the RayClusters, whose deletion it carries out,
     comes before them. */}}
{{- define "ray.outlivesClusters" -}}
argocd.argoproj.io/sync-wave: "-1"
{{- end -}}

{{/* A map of labels or annotations without what is null; numbers and booleans as strings. */}}
{{- define "ray.strings" -}}
{{- $strings := dict -}}
{{- range $key, $value := . }}{{ if not (kindIs "invalid" $value) }}{{ $_ := set $strings $key (include "ray.string" $value) }}{{ end }}{{ end -}}
{{- toJson $strings -}}
{{- end -}}
