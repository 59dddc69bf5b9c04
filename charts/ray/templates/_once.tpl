{{/* What a template gives for its arguments, worked out once per release. Many templates need the same settings and pods,
     and to work these out again for each would take several times as long as all the rest. A template that many ask,
     such as ray.podSettings, asks here for the one that does the work, ray.mergedPod.

     It is kept under `once` of the root context, which Helm hands to all templates of a chart and which has no part in
     the values or the release. If each got a context of its own, all would be worked out anew, to the same result; so
     the order in which templates run does not matter. It is kept as text: who changes what they read from it changes
     nothing for others.

     Takes (root, name of the template, what it takes, what of that tells results apart: anything but the root). */}}
{{- define "ray.once" -}}
{{- $root := index . 0 -}}
{{- if not (hasKey $root "once") }}{{ $_ := set $root "once" dict }}{{ end -}}
{{- $key := printf "%s %s" (index . 1) (index . 3 | toJson) -}}
{{- if not (hasKey $root.once $key) }}{{ $_ := set $root.once $key (include (index . 1) (index . 2)) }}{{ end -}}
{{- index $root.once $key -}}
{{- end -}}
