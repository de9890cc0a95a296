{{- define "padwijzer.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "padwijzer.selector" -}}
app.kubernetes.io/name: padwijzer
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "padwijzer.labels" -}}
{{ include "padwijzer.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
