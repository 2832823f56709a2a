{{- define "vault.scheme" -}}{{ .Values.global.tlsDisable | ternary "http" "https" }}{{- end }}

{{- define "vault.selector" -}}
app.kubernetes.io/name: vault
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vault.labels" -}}
helm.sh/chart: vault-{{ .Chart.Version }}
{{ include "vault.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "vault.metadata" -}}
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "vault.labels" .root | nindent 4 }}
{{- end }}
