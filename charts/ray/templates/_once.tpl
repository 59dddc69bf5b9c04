{{/* What a template gives for its arguments, worked out once per release. Many templates need the same settings and pods,
     and working these out is most of what rendering takes.

     It is kept under `once` of the root context: Helm hands one to all templates of a chart, and neither the values nor
     the release have part in it. Were each given its own, that would cost time, nothing else, and so does the order in
     which templates run. It is kept as text, so that who changes what they read from it changes nothing for others.

     Takes (root, the template's name, what it takes, what of that tells results apart: anything but the root). */}}
{{- define "ray.once" -}}
{{- $root := index . 0 -}}
{{- if not (hasKey $root "once") }}{{ $_ := set $root "once" dict }}{{ end -}}
{{- $key := printf "%s %s" (index . 1) (index . 3 | toJson) -}}
{{- if not (hasKey $root.once $key) }}{{ $_ := set $root.once $key (include (index . 1) (index . 2)) }}{{ end -}}
{{- index $root.once $key -}}
{{- end -}}
