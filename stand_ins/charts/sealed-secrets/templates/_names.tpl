{{- define "sealed.name" -}}{{ .Values.fullnameOverride | default .Release.Name }}{{- end }}

{{- define "sealed.selector" -}}
app.kubernetes.io/name: sealed-secrets
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sealed.labels" -}}
{{ include "sealed.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sealed-secrets
helm.sh/chart: sealed-secrets-{{ .Chart.Version }}
{{- end }}

{{- define "sealed.metadata" -}}
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "sealed.labels" .root | nindent 4 }}
{{- end }}

{{- define "sealed.subjects" -}}
subjects: [{kind: ServiceAccount, name: {{ include "sealed.name" . }}, namespace: {{ .Release.Namespace }}}]
{{- end }}
