{{/* Any pod of this chart: the Ray pods, the operator's and the Redis's take the same keys. */}}

{{/* A pod spec, as JSON. Takes a dict:
       root       the root context
       pod        the pod's settings, as podDefaults in values.yaml has them
       tag        the image tag where none is set
       container  the chart's own fields of the main container: its name and what else it has
       env        the chart's own environment variables, by name; the user's win
       spec       the chart's own fields of the pod
     What the user writes under `pod` comes last. `container` and `spec` are changed. */}}
{{- define "ray.podSpec" -}}
{{- $pod := .pod -}}
{{- $volumes := include "ray.volumes" $pod | fromJson -}}
{{- $secrets := list -}}
{{- range $pod.image.pullSecrets }}{{ $secrets = append $secrets (dict "name" .) }}{{ end -}}
{{- $own := mustMergeOverwrite .spec (dict
      "securityContext" $pod.podSecurityContext
      "imagePullSecrets" $secrets
      "volumes" (concat (.spec.volumes | default list) $volumes.volumes)
      "initContainers" (include "ray.named" $pod.initContainers | fromJsonArray)
      "containers" (prepend (include "ray.named" $pod.sidecars | fromJsonArray) (include "ray.container" (list . $volumes.mounts) | fromJson))) -}}
{{- $fields := pick $pod "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName"
      "runtimeClassName" "schedulerName" "serviceAccountName" "hostAliases" "dnsPolicy" "dnsConfig" "terminationGracePeriodSeconds" -}}
{{- include "ray.overlay" (list
      (include "ray.said" $own | fromJson)
      (include "ray.placement" (list .root $pod.placement) | fromJson)
      (include "ray.said" $fields | fromJson)
      $pod.pod) -}}
{{- end -}}

{{/* The main container, as JSON. Takes (what ray.podSpec takes, mounts). What the user writes under `container` comes
     last. */}}
{{- define "ray.container" -}}
{{- $mounts := index . 1 -}}
{{- with index . 0 -}}
{{- $pod := .pod -}}
{{- $own := mustMergeOverwrite .container
    (pick $pod "envFrom" "lifecycle" "startupProbe" "readinessProbe" "livenessProbe" "securityContext")
    (dict
      "image" (include "ray.image" (list $pod.image .tag))
      "imagePullPolicy" $pod.image.pullPolicy
      "resources" (include "ray.resources" $pod | fromJson)
      "env" (include "ray.env" (mustMergeOverwrite dict (.env | default dict) ($pod.env | default dict)) | fromJsonArray)
      "volumeMounts" (concat (.container.volumeMounts | default list) $mounts)) -}}
{{- include "ray.overlay" (list (include "ray.said" $own | fromJson) $pod.container) -}}
{{- end -}}
{{- end -}}

{{/* The `volumes` and `sharedMemory` of a pod's settings as {volumes: [...], mounts: [...]}. */}}
{{- define "ray.volumes" -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- range $name, $volume := .volumes | default dict -}}
{{- if $volume -}}
{{- $mount := pick $volume "mountPath" "subPath" "subPathExpr" "readOnly" "mountPropagation" "recursiveReadOnly" -}}
{{- $source := omit $volume "mountPath" "subPath" "subPathExpr" "readOnly" "mountPropagation" "recursiveReadOnly" -}}
{{- $volumes = append $volumes (merge (dict "name" $name) ($source | default (dict "emptyDir" dict))) -}}
{{- if $mount.mountPath }}{{ $mounts = append $mounts (merge (dict "name" $name) $mount) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- with .sharedMemory -}}
{{- /* KubeRay's own name for it. */}}
{{- $volumes = append $volumes (dict "name" "shared-mem" "emptyDir" (dict "medium" "Memory" "sizeLimit" (include "ray.string" .))) -}}
{{- $mounts = append $mounts (dict "name" "shared-mem" "mountPath" "/dev/shm") -}}
{{- end -}}
{{- dict "volumes" $volumes "mounts" $mounts | toJson -}}
{{- end -}}

{{/* The volume with the chart's scripts, as JSON. Takes the root context. */}}
{{- define "ray.scriptsVolume" -}}
{"name": "scripts", "configMap": {"name": {{ include "ray.scriptsName" . | quote }}}}
{{- end -}}

{{- define "ray.scriptsMount" -}}
{"name": "scripts", "mountPath": "/etc/raychart", "readOnly": true}
{{- end -}}

{{/* Container resources: the cpu, memory, gpu and ephemeralStorage shorthand (requests equal limits), then `resources`
     as written, which wins where both speak. Takes the pod's settings. */}}
{{- define "ray.resources" -}}
{{- $short := dict -}}
{{- range $name, $key := dict "cpu" "cpu" "memory" "memory" "ephemeral-storage" "ephemeralStorage" -}}
{{- if not (kindIs "invalid" (index $ $key)) }}{{ $_ := set $short $name (include "ray.string" (index $ $key)) }}{{ end -}}
{{- end -}}
{{- $limits := merge dict $short -}}
{{- if .gpu }}{{ $_ := set $limits .gpuResource (include "ray.string" .gpu) }}{{ end -}}
{{- $all := mustMergeOverwrite (dict "requests" $short "limits" $limits) (.resources | default dict) -}}
{{- include "ray.said" (include "ray.pruned" $all | fromJson) -}}
{{- end -}}

{{/* The pod fields of several placements together: maps merge, lists add up. Takes (root, names). */}}
{{- define "ray.placement" -}}
{{- $root := index . 0 -}}
{{- $all := dict -}}
{{- range index . 1 -}}
{{- $all = include "ray.overlay" (list $all (index $root.Values.placements .)) | fromJson -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}
