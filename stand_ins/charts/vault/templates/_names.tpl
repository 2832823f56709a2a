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

{{/* A Service of the servers, with `labels` of its own; `selected` is what its pods are labelled with besides. */}}
{{- define "vault.service" -}}
apiVersion: v1
kind: Service
{{ include "vault.metadata" (dict "root" .root "name" .name) }}
    {{- range $label, $value := .labels }}
    {{ $label }}: {{ $value | quote }}
    {{- end }}
spec:
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  # A server that is sealed has to be reached to be opened.
  publishNotReadyAddresses: true
  selector: {{- include "vault.selector" .root | nindent 4 }}
    component: server
    {{- range $label, $value := .selected }}
    {{ $label }}: {{ $value | quote }}
    {{- end }}
  ports:
    - {name: {{ include "vault.scheme" .root }}, port: 8200, targetPort: 8200}
    - {name: https-internal, port: 8201, targetPort: 8201}
{{- end }}
