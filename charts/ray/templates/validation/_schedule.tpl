{{/* What is wrong with a cluster's schedules. Takes what ray.clusterProblems takes. */}}
{{- define "ray.scheduleProblems" -}}
{{- $settings := .settings -}}
{{- $path := printf "%s.schedules" .path -}}
{{- $cluster := .path -}}
{{- $name := .name -}}
{{- $types := $settings.workerTypes -}}
{{- with include "ray.schedules" $settings | fromJson }}
{{- if not $settings.autoscaling.enabled }}
{{ $path }}: given, but autoscaling is disabled and nobody would bring the workers up
    set {{ $cluster }}.autoscaling.enabled to true, or remove the schedules
{{- else if ne $settings.autoscaling.version "v1" }}
{{ $path }}: given, but autoscaling.version is {{ $settings.autoscaling.version }} and only v1 follows them
    set {{ $cluster }}.autoscaling.version to v1, or remove the schedules
{{- end }}
{{- range $schedule, $window := . }}
{{- $at := printf "%s.%s" $path $schedule }}
{{- $length := len (include "ray.cronJobName" (list $name $schedule "start")) }}
{{- if gt $length 52 }}
{{ $at }}: its CronJob {{ include "ray.cronJobName" (list $name $schedule "start") }} has a name of {{ $length }} characters, Kubernetes has room for 52
    shorten the name of the schedule or the cluster by {{ sub $length 52 }}
{{- end }}
{{- range $boundary := list "start" "end" }}
{{- with include "ray.cronProblem" (index $window $boundary) }}
{{ $at }}.{{ $boundary }}: {{ index $window $boundary | quote }}: {{ . }}
    write minute (0-59), hour (0-23), day of month (1-31), month (1-12), day of week (0-6, Sunday is 0), such as "30 6 * * 1-5"
{{- end }}
{{- end }}
{{- range $type, $number := .minWorkers }}
{{- if not (hasKey $types $type) }}
{{ $at }}.minWorkers.{{ $type }}: no such worker type; there are {{ keys $types | sortAlpha | join ", " | default "none" }}
    use the name of one of them
{{- else if gt (int $number) (int (index $types $type).maxWorkers) }}
{{ $at }}.minWorkers.{{ $type }}: {{ $number }} is more than the type's maxWorkers ({{ (index $types $type).maxWorkers }})
    raise {{ $cluster }}.workerTypes.{{ $type }}.maxWorkers, or lower the number
{{- end }}
{{- end }}
{{- end }}
{{- if not (kindIs "invalid" $settings.maxWorkers) }}
{{- $together := 0 }}
{{- range $type, $own := $types }}
{{- $together = add $together (mul (include "ray.minWorkers" (list $settings $type) | fromJson).most ($own.numOfHosts | default 1)) }}
{{- end }}
{{- if gt (int $together) (int $settings.maxWorkers) }}
{{ $path }}: the pods of all worker types' highest numbers add up to {{ $together }}, and {{ $cluster }}.maxWorkers is {{ $settings.maxWorkers }}
    raise {{ $cluster }}.maxWorkers, or lower the schedules' numbers
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Names that a cluster's schedules share with others. Takes the root context. */}}
{{- define "ray.scheduleNameProblems" -}}
{{- $owners := dict -}}
{{- $names := include "ray.clusterNames" . | fromJsonArray -}}
{{- range $name := $names -}}
{{- $schedules := include "ray.schedules" (include "ray.clusterSettings" (list $ $name) | fromJson) | fromJson -}}
{{- /* KubeRay names the account of a head after its cluster. */}}
{{- if and $schedules (has (include "ray.scheduleName" $name) $names) }}
clusters.{{ $name }}.schedules: their account would be that of the cluster {{ include "ray.scheduleName" $name }} too
    choose another name for one of the two clusters
{{- end }}
{{- range $schedule, $_ := $schedules -}}
{{- $path := printf "clusters.%s.schedules.%s" $name $schedule -}}
{{- $job := include "ray.cronJobName" (list $name $schedule "start") -}}
{{- if hasKey $owners $job }}
{{ $path }}: its CronJob {{ $job }} would be that of {{ index $owners $job }} too
    choose another name for one of the two
{{- end }}
{{- $_ := set $owners $job $path }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What is wrong with a cron expression of five fields, in words; empty when Kubernetes takes it and it fires. The rules
     are those of files/schedule_cron.py. Takes the expression. */}}
{{- define "ray.cronProblem" -}}
{{- $fields := list
      (dict "name" "minute" "low" 0 "high" 59)
      (dict "name" "hour" "low" 0 "high" 23)
      (dict "name" "day of month" "low" 1 "high" 31)
      (dict "name" "month" "low" 1 "high" 12 "names" (list "jan" "feb" "mar" "apr" "may" "jun" "jul" "aug" "sep" "oct" "nov" "dec"))
      (dict "name" "day of week" "low" 0 "high" 6 "names" (list "sun" "mon" "tue" "wed" "thu" "fri" "sat")) -}}
{{- $numbers := list -}}
{{- $problems := list -}}
{{- range $index, $text := splitList " " . -}}
{{- $field := index $fields $index -}}
{{- $all := list -}}
{{- range $part := splitList "," $text -}}
{{- $read := include "ray.cronRange" (list $field $part) | fromJsonArray -}}
{{- if not $read }}{{ $problems = append $problems (printf "%q is no %s" $part $field.name) }}{{ end -}}
{{- $all = concat $all $read -}}
{{- end -}}
{{- $numbers = append $numbers $all -}}
{{- end -}}
{{- if not $problems -}}
{{- /* Days that no month has. A day of the week beside it would fire without it. */}}
{{- $days := list 31 29 31 30 31 30 31 31 30 31 30 31 -}}
{{- $longest := 0 -}}
{{- range index $numbers 3 }}{{ $longest = max $longest (index $days (sub (int .) 1 | int)) }}{{ end -}}
{{- $first := 31 -}}
{{- range index $numbers 2 }}{{ $first = min $first (int .) }}{{ end -}}
{{- $anyWeekday := regexMatch "(^|,)[*?](/1)?(,|$)" (splitList " " . | last) -}}
{{- if and $anyWeekday (gt (int $first) (int $longest)) -}}
{{- $problems = append $problems (printf "no month of these has a day %d" $first) -}}
{{- end -}}
{{- end -}}
{{- join ", " $problems -}}
{{- end -}}

{{/* The numbers that one part of a cron field stands for, as JSON; none when it is wrong. Takes (field, part). */}}
{{- define "ray.cronRange" -}}
{{- $field := index . 0 -}}
{{- $part := index . 1 | lower -}}
{{- $numbers := list -}}
{{- if regexMatch "^([*?]|[0-9a-z]+(-[0-9a-z]+)?)(/0*[1-9][0-9]{0,8})?$" $part -}}
{{- $span := splitList "/" $part | first -}}
{{- $step := regexFind "[1-9][0-9]*$" (trimPrefix $span $part) | default "1" | int -}}
{{- $first := $field.low -}}
{{- $last := $field.high -}}
{{- if not (has $span (list "*" "?")) -}}
{{- $ends := splitList "-" $span -}}
{{- $first = include "ray.cronNumber" (list $field (first $ends)) | int -}}
{{- if or (gt (len $ends) 1) (eq $span $part) }}{{ $last = include "ray.cronNumber" (list $field (last $ends)) | int }}{{ end -}}
{{- end -}}
{{- if and (ge $first $field.low) (le $last $field.high) (le $first $last) -}}
{{- $numbers = untilStep $first (add1 $last | int) $step -}}
{{- end -}}
{{- end -}}
{{- toJson $numbers -}}
{{- end -}}

{{/* A number of a cron field, or that of a name; -1 for neither. Takes (field, text). */}}
{{- define "ray.cronNumber" -}}
{{- $number := -1 -}}
{{- /* A zero in front would make it octal. */}}
{{- if regexMatch "^0*[0-9]{1,2}$" (index . 1) }}{{ $number = regexFind "[1-9]?[0-9]$" (index . 1) | int }}{{ end -}}
{{- $field := index . 0 -}}
{{- $text := index . 1 -}}
{{- range $index, $name := $field.names }}{{ if eq $name $text }}{{ $number = add $index $field.low }}{{ end }}{{ end -}}
{{- $number -}}
{{- end -}}
