{{/* The Ray pod, head and worker alike. */}}

{{/* A pod template of a RayCluster. Takes a dict:
       root      the root context
       cluster   the cluster's name
       settings  the cluster's settings
       pod       the pod's settings (ray.podSettings)
       role      head or worker
     Used by cluster/raycluster.yaml for the head and for each worker type. */}}
{{- define "ray.podTemplate" -}}
{{- $placement := include "ray.placement" (list .root .pod.placement) | fromYaml -}}
{{- $own := dict
      "securityContext" .pod.podSecurityContext
      "imagePullSecrets" (include "ray.pullSecrets" .pod.image | fromYamlArray) -}}
{{- if eq .role "worker" -}}
{{- /* Only the head's autoscaler talks to the API server. */}}
{{- $_ := set $own "automountServiceAccountToken" false -}}
{{- end -}}
{{- $spec := mustMergeOverwrite $own $placement (deepCopy .pod.pod) -}}
{{- $_ := set $spec "containers" (prepend (.pod.pod.containers | default list) (include "ray.container" . | fromYaml)) -}}
{{- with include "ray.compact" (dict "labels" .pod.labels "annotations" .pod.annotations) | fromYaml }}
metadata: {{- toYaml . | nindent 2 }}
{{- end }}
spec: {{- include "ray.compact" $spec | nindent 2 }}
{{- end -}}

{{/* The Ray container, which KubeRay expects first. Takes what ray.podTemplate takes. */}}
{{- define "ray.container" -}}
{{- $own := dict
      "name" (printf "ray-%s" .role)
      "image" (include "ray.image" (list .pod.image .settings.rayVersion))
      "imagePullPolicy" .pod.image.pullPolicy
      "resources" (include "ray.resources" .pod | fromYaml)
      "env" (include "ray.env" .pod.env | fromYamlArray)
      "readinessProbe" .pod.readinessProbe
      "livenessProbe" .pod.livenessProbe
      "securityContext" .pod.securityContext -}}
{{- with include "ray.beforeStart" . }}
{{- $_ := set $own "args" (list .) -}}
{{- end -}}
{{- include "ray.compact" (mustMergeOverwrite $own (deepCopy .pod.container)) -}}
{{- end -}}

{{/* What runs before `ray start`, as one shell word list. KubeRay puts `&& ulimit ...; ray start ...` behind
     it, so a failure must leave the shell or Ray would start all the same. A worker waits here for the head
     service, in place of KubeRay's init container, whose 200m CPU and 256 MiB count for every worker.
     Takes what ray.podTemplate takes; empty when there is nothing to run. */}}
{{- define "ray.beforeStart" -}}
{{- $steps := list -}}
{{- range .pod.setupCommands }}{{- $steps = append $steps (printf "{ %s\n} || exit 1" (trim .)) }}{{ end -}}
{{- if eq .role "worker" -}}
{{- $steps = append $steps (printf "until (: </dev/tcp/%s/6379) 2>/dev/null; do sleep 0.2; done" (include "ray.headServiceName" .cluster)) -}}
{{- end -}}
{{- join "\n" $steps -}}
{{- end -}}

{{/* Environment variables, by name in order of name, as the API wants them. Takes the map. */}}
{{- define "ray.env" -}}
{{- $list := list -}}
{{- range $name, $value := . -}}
{{- if kindIs "map" $value -}}
{{- $list = append $list (mustMergeOverwrite (dict "name" $name) $value) -}}
{{- else if not (kindIs "invalid" $value) -}}
{{- $list = append $list (dict "name" $name "value" (toString $value)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $list -}}
{{- end -}}

{{/* imagePullSecrets. Takes image settings. */}}
{{- define "ray.pullSecrets" -}}
{{- $list := list -}}
{{- range .pullSecrets }}{{- $list = append $list (dict "name" .) }}{{ end -}}
{{- toYaml $list -}}
{{- end -}}

{{/* The pod fields of several placements together: maps merge, lists add up. Takes (root, names). */}}
{{- define "ray.placement" -}}
{{- $root := index . 0 -}}
{{- $all := dict -}}
{{- range index . 1 -}}
{{- range $field, $value := index $root.Values.placements . | default dict -}}
{{- if kindIs "slice" $value -}}
{{- $_ := set $all $field (concat (index $all $field | default list) $value) -}}
{{- else if kindIs "map" $value -}}
{{- $_ := set $all $field (mustMergeOverwrite (index $all $field | default dict) (deepCopy $value)) -}}
{{- else -}}
{{- $_ := set $all $field $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* A map as YAML without its keys that are null, an empty map or an empty list: what was cleared is left
     out; false, 0 and "" stay. Takes the map; looks at the top level only. */}}
{{- define "ray.compact" -}}
{{- $kept := dict -}}
{{- range $key, $value := . -}}
{{- if not (or (kindIs "invalid" $value) (and (or (kindIs "map" $value) (kindIs "slice" $value)) (empty $value))) -}}
{{- $_ := set $kept $key $value -}}
{{- end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}
