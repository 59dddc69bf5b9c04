{{/* The Ray pod, head and worker alike. */}}

{{/* A head or worker group: what the two have in common, its pods with the labels that say what they are made from.
     Takes a dict:
       root      the root context
       cluster   the cluster's name
       settings  the cluster's settings
       pod       the pod's settings (ray.podSettings)
       role      head or worker
       type      the worker type's name, empty for the head
       hosts     a worker type's numOfHosts */}}
{{- define "ray.group" -}}
{{- $group := include "ray.unstampedGroup" . | fromJson -}}
{{- $stamps := include "ray.stamps" (list . $group) | fromJson -}}
{{- $_ := set $group.template.metadata "labels" (merge $stamps ($group.template.metadata.labels | default dict)) -}}
{{- toYaml $group -}}
{{- end -}}

{{/* The same without these labels, as JSON. Takes what ray.group takes. */}}
{{- define "ray.unstampedGroup" -}}
{{- include "ray.once" (list .root "ray.builtGroup" . (list .cluster .type)) -}}
{{- end -}}

{{- define "ray.builtGroup" -}}
{{- $metadata := dict "labels" (include "ray.strings" .pod.labels | fromJson) "annotations" (include "ray.strings" .pod.annotations | fromJson) -}}
{{- $group := include "ray.said" (dict
      "resources" (include "ray.strings" .pod.rayResources | fromJson)
      "labels" (include "ray.strings" .pod.rayLabels | fromJson)) | fromJson -}}
{{- merge $group (dict
      "rayStartParams" (include "ray.said" .pod.rayStartParams | fromJson)
      "template" (dict
        "metadata" (include "ray.said" $metadata | fromJson)
        "spec" (include "ray.rayPod" . | fromJson))) | toJson -}}
{{- end -}}

{{/* The pod spec. Takes what ray.group takes. */}}
{{- define "ray.rayPod" -}}
{{- $pod := .pod -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- if $pod.installRay -}}
{{- $volumes = append $volumes (dict "name" "trial" "emptyDir" dict) -}}
{{- $mounts = append $mounts (dict "name" "trial" "mountPath" "/opt/trial") -}}
{{- end -}}
{{- if and (eq .role "head") .settings.autoscaling.enabled -}}
{{- $volumes = append $volumes (include "ray.autoscalerToken" . | fromYaml) -}}
{{- end -}}
{{- $volumes = append $volumes (include "ray.scriptsVolume" .root | fromJson) -}}
{{- $mounts = append $mounts (include "ray.scriptsMount" . | fromJson) -}}
{{- $get := ($pod.readinessProbe | default dict).httpGet | default dict -}}
{{- if and (semverCompare "<2.53.0" (include "ray.release" .settings.rayVersion)) (eq ($get.path | toString) "/api/healthz") -}}
{{- /* Ray has it from 2.53 on. */}}
{{- $get = merge (dict "path" "/api/local_raylet_healthz") $get -}}
{{- $pod = set (omit $pod "readinessProbe") "readinessProbe" (set (omit $pod.readinessProbe "httpGet") "httpGet" $get) -}}
{{- end -}}
{{- if eq .role "head" -}}
{{- range $name := list "startupProbe" "readinessProbe" -}}
{{- $probe := index $pod $name | default dict -}}
{{- if eq (($probe.httpGet | default dict).port | toString) "52365" -}}
{{- /* Ready is a head that takes clients. It does so, by files/ray_start.py, before Ray is there: those of a lost head
       would come back too late if they were turned away. */}}
{{- $pod = set (omit $pod $name) $name (merge (dict "tcpSocket" (dict "port" 10001)) (omit $probe "httpGet")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $ports := dict "metrics" 8080 -}}
{{- if eq .role "head" -}}
{{- $ports = merge (dict "as-metrics" 44217 "dash-metrics" 44227) (include "ray.portNumbers" . | fromJson) -}}
{{- end -}}
{{- include "ray.podSpec" (dict
      "root" .root
      "pod" $pod
      "tag" .settings.rayVersion
      "container" (dict
        "name" (printf "ray-%s" .role)
        "args" (list (include "ray.beforeStart" .))
        "ports" (include "ray.containerPorts" $ports | fromJsonArray)
        "volumeMounts" $mounts)
      "spec" (dict
        "automountServiceAccountToken" false
        "volumes" $volumes)) -}}
{{- end -}}

{{/* A Ray version without what follows its three numbers. */}}
{{- define "ray.release" -}}
{{- regexFind "^[0-9]+\\.[0-9]+\\.[0-9]+" . -}}
{{- end -}}

{{/* The API token of the head's account. Mounted into the autoscaler alone: jobs run on the head, and with the token
     that Kubernetes would mount into every container they could have pods of any kind made. */}}
{{- define "ray.autoscalerToken" -}}
name: autoscaler-token
projected:
  sources:
    - serviceAccountToken: {path: token, expirationSeconds: 3607}
    - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
    - downwardAPI: {items: [{path: namespace, fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}]}
{{- end -}}

{{/* Ports of a container, as JSON, with the protocol that the API would fill in. Takes numbers by name. */}}
{{- define "ray.containerPorts" -}}
{{- $ports := list -}}
{{- range $name, $number := . }}{{ $ports = append $ports (dict "name" $name "containerPort" $number "protocol" "TCP") }}{{ end -}}
{{- toJson $ports -}}
{{- end -}}

{{/* What runs before `ray start`, in one shell with it. KubeRay puts `&& ulimit ...; ray start ...` behind it, so that
     a failing command would not keep Ray from starting: under -e it ends the shell. The `ray` that KubeRay then calls is
     a function, with which files/ray_start.py takes over. A worker waits there for the head service, in place of
     KubeRay's init container, whose 200m CPU and 256 MiB count for every worker. Takes what ray.group takes. */}}
{{- define "ray.beforeStart" -}}
{{- $steps := list -}}
{{- with .pod.installRay -}}
{{- $steps = append $steps (printf "%s; export %s" (include "ray.install" .) (include "ray.trialPaths" .)) -}}
{{- end -}}
{{- range .pod.setupCommands }}{{ $steps = append $steps (trim .) }}{{ end -}}
{{- if $steps }}{{ $steps = append (prepend $steps "set -eo pipefail") "set +eo pipefail" }}{{ end -}}
{{- $options := list "--grace" (dig "terminationGracePeriodSeconds" (.pod.terminationGracePeriodSeconds | default 30) (.pod.pod | default dict) | toString) "--service" (include "ray.headServiceName" .cluster) -}}
{{- if .settings.faultTolerance.enabled }}{{ $options = append $options "--head-outlived" }}{{ end -}}
{{- $steps = append $steps (printf "ray() { exec python3 -EsS /etc/raychart/ray_start.py %s \"$@\"; }" (join " " $options)) -}}
{{- join "\n" $steps -}}
{{- end -}}

{{/* A trial's installation, once per pod, into a volume that the autoscaler mounts too. Takes the version. */}}
{{- define "ray.install" -}}
[ -e /opt/trial/{{ . }} ] || { python3 -m pip install --no-cache-dir --target /opt/trial "ray[default]=={{ . }}"; touch /opt/trial/{{ . }}; }
{{- end -}}

{{- define "ray.trialPaths" -}}
PATH=/opt/trial/bin:$PATH PYTHONPATH=/opt/trial${PYTHONPATH:+:$PYTHONPATH}
{{- end -}}
