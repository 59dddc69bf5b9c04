{{/* What running pods are compared by, and the Jobs that bring them in line (cluster/rollout.yaml). */}}

{{/* The labels, as JSON, that say from which values a pod was made: raychart/template, all that the pods of this group
     depend on; raychart/joint, what head and workers must have alike to work together. Numbers of pods, limits and what
     the autoscaler reads as it runs are in neither. Takes (what ray.group takes, what ray.unstampedGroup gives). */}}
{{- define "ray.stamps" -}}
{{- with index . 0 -}}
{{- include "ray.once" (list .root "ray.hashedStamps" $ (list .cluster .type .settings.spec)) -}}
{{- end -}}
{{- end -}}

{{- define "ray.hashedStamps" -}}
{{- $group := index . 1 -}}
{{- with index . 0 -}}
{{- $settings := .settings -}}
{{- $content := dict
      "group" $group
      "command" (index ($settings.annotations | default dict) "ray.io/overwrite-container-cmd")
      "queue" (eq ($settings.queue.scheduler | default "kueue") "kueue" | ternary dict (include "ray.queueLabels" (list .cluster $settings.queue) | fromJson)) -}}
{{- if gt (.hosts | default 1 | int) 1 }}{{ $_ := set $content "hosts" .hosts }}{{ end -}}
{{- if and (eq .role "head") $settings.autoscaling.enabled -}}
{{- $options := include "ray.autoscalerOptions" (list .root $settings .pod) | fromYaml -}}
{{- $_ := set $content "autoscaler" (omit (include "ray.overlay" (list $options $settings.autoscaling.options) | fromJson) "upscalingMode" "idleTimeoutSeconds") -}}
{{- end -}}
{{- $joint := dict
      "rayVersion" $settings.rayVersion
      "auth" (eq $settings.auth.mode "token" | ternary (pick $settings.auth "mode" "secretName") (pick $settings.auth "mode"))
      "v2" (and $settings.autoscaling.enabled (eq $settings.autoscaling.version "v2"))
      "spec" (omit ($settings.spec | default dict) "networkPolicy") -}}
{{- if $settings.faultTolerance.enabled -}}
{{- $_ := set $joint "faultTolerance" (include "ray.faultToleranceOptions" (list .cluster $settings.faultTolerance) | fromYaml) -}}
{{- end -}}
{{- dict "raychart/template" (include "ray.hash" $content) "raychart/joint" (include "ray.hash" $joint) | toJson -}}
{{- end -}}
{{- end -}}

{{/* Short enough for a name, long enough that two never meet. Takes anything. */}}
{{- define "ray.hash" -}}
{{- toJson . | sha256sum | trunc 8 -}}
{{- end -}}

{{/* Whether there are pods here to bring in line; empty for no. Takes a cluster's settings. */}}
{{- define "ray.rollsOut" -}}
{{- if not (or .suspend (eq .managedBy "kueue.x-k8s.io/multikueue")) }}yes{{ end -}}
{{- end -}}

{{/* What a cluster's rollout has to bring about, as a hash: which types there are, what their pods and the head's are
     made from, by what policy, and the Job itself, whose pod cannot be changed once it is there. The RayCluster bears
     it too, so that a Job knows whether it is the latest. Takes (root, cluster's name, its settings). */}}
{{- define "ray.rolloutGoal" -}}
{{- include "ray.once" (list (index . 0) "ray.hashedGoal" . (index . 1)) -}}
{{- end -}}

{{- define "ray.hashedGoal" -}}
{{- $settings := index . 2 -}}
{{- $stamps := dict -}}
{{- range $type, $own := merge (dict "" $settings.head) $settings.workerTypes -}}
{{- $group := dict "root" (index $ 0) "cluster" (index $ 1) "settings" $settings "role" (empty $type | ternary "head" "worker") "type" $type
      "pod" (include "ray.podSettings" (list (index $ 0) $own) | fromJson) "hosts" ($own | default dict).numOfHosts -}}
{{- $_ := set $stamps $type (include "ray.stamps" (list $group (include "ray.unstampedGroup" $group | fromJson)) | fromJson) -}}
{{- end -}}
{{- include "ray.hash" (list $stamps (include "ray.rolloutPod" (append . "") | fromJson)) -}}
{{- end -}}

{{/* The name of a cluster's rollout Job. Takes (cluster's name, what ray.rolloutGoal gives). */}}
{{- define "ray.rolloutJobName" -}}
{{ index . 0 | trunc 46 }}-rollout-{{ index . 1 }}
{{- end -}}

{{/* The rollout's pod spec, as JSON. Takes (root, cluster's name, its settings, goal). */}}
{{- define "ray.rolloutPod" -}}
{{- $name := index . 1 -}}
{{- $settings := index . 2 -}}
{{- $images := dict -}}
{{- range $proof := include "ray.imageProofs" (list (index . 0) $name $settings) | fromJsonArray -}}
{{- range $proof.types }}{{ $_ := set $images . (dict "job" $proof.name "image" $proof.image) }}{{ end -}}
{{- end -}}
{{- $pod := include "ray.errandSettings" (list (index . 0) $settings) | fromJson -}}
{{- $env := dict -}}
{{- if eq $settings.auth.mode "token" -}}
{{- /* Optional: at install KubeRay makes it after this pod has had its look. */}}
{{- $secret := dict "secretName" (include "ray.tokenSecretName" (list $name $settings)) "optional" true -}}
{{- $_ := set $pod.volumes "token" (dict "mountPath" "/run/ray" "readOnly" true "secret" $secret) -}}
{{- $env = dict "RAY_AUTH_MODE" "token" "RAY_AUTH_TOKEN_PATH" "/run/ray/auth_token" -}}
{{- end -}}
{{- $task := dict
      "cluster" $name
      "goal" (index . 3)
      "rollout" $settings.rollout
      "images" $images
      "trial" (not (empty (include "ray.podSettings" (list (index . 0) $settings.head) | fromJson).installRay)) -}}
{{- include "ray.podSpec" (dict
      "root" (index . 0)
      "pod" $pod
      "tag" $settings.rayVersion
      "container" (dict
        "name" "rollout"
        "command" (list "python3" "-u" "/etc/raychart/rollout.py" (toJson $task))
        "volumeMounts" (list (include "ray.scriptsMount" (index . 0) | fromJson)))
      "env" $env
      "spec" (dict
        "serviceAccountName" (printf "%s-rollout" $name)
        "automountServiceAccountToken" true
        "restartPolicy" "Never"
        "volumes" (list (include "ray.scriptsVolume" (index . 0) | fromJson)))) -}}
{{- end -}}

{{/* The images of worker types that are not the head's, as a JSON list of {name, image, types, spec}: each is tried by a
     Job of its own, because a pod with a container whose image cannot be pulled never ends, and so tells nobody. Takes
     (root, cluster's name, its settings). */}}
{{- define "ray.imageProofs" -}}
{{- include "ray.once" (list (index . 0) "ray.builtProofs" . (index . 1)) -}}
{{- end -}}

{{- define "ray.builtProofs" -}}
{{- $root := index . 0 -}}
{{- $settings := index . 2 -}}
{{- $errand := include "ray.errandSettings" (list $root $settings) | fromJson -}}
{{- $known := dict (include "ray.image" (list $errand.image $settings.rayVersion)) true -}}
{{- $proofs := dict -}}
{{- range $type, $own := eq $settings.rollout.workers "never" | ternary dict $settings.workerTypes -}}
{{- $pod := include "ray.podSettings" (list $root $own) | fromJson -}}
{{- $image := include "ray.image" (list $pod.image $settings.rayVersion) -}}
{{- if not (hasKey $known $image) -}}
{{- $prove := empty $pod.installRay | ternary (list "-c" "import ray") (list "-m" "pip" "--version") -}}
{{- $spec := include "ray.podSpec" (dict
      "root" $root
      "pod" (merge (dict "image" $pod.image) $errand)
      "tag" $settings.rayVersion
      "container" (dict "name" "image" "command" (prepend $prove "python3") "terminationMessagePolicy" "FallbackToLogsOnError")
      "env" dict
      "spec" (dict "automountServiceAccountToken" false "restartPolicy" "Never")) | fromJson -}}
{{- $name := printf "%s-image-%s" (index $ 1 | trunc 48) (include "ray.hash" $spec) -}}
{{- $types := (index $proofs $name | default dict).types | default list -}}
{{- $_ := set $proofs $name (dict "name" $name "image" $image "types" (append $types $type) "spec" $spec) -}}
{{- end -}}
{{- end -}}
{{- $list := list -}}
{{- range $proofs }}{{ $list = append $list . }}{{ end -}}
{{- toJson $list -}}
{{- end -}}
