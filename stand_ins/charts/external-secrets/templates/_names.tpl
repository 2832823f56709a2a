{{- define "external.selector" -}}
app.kubernetes.io/name: external-secrets
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "external.labels" -}}
helm.sh/chart: external-secrets-{{ .Chart.Version }}
{{ include "external.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "external.metadata" -}}
metadata:
  name: {{ .name }}
  {{- if .inside }}
  namespace: {{ .root.Release.Namespace }}
  {{- end }}
  labels: {{- include "external.labels" .root | nindent 4 }}
{{- end }}

{{- define "external.subjects" -}}
subjects: [{kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}]
{{- end }}

{{- define "external.kinds" -}}
externalsecrets, secretstores, pushsecrets
{{- if .Values.processClusterExternalSecret }}, clusterexternalsecrets{{ end }}
{{- if .Values.processClusterStore }}, clustersecretstores{{ end }}
{{- if .Values.processClusterPushSecret }}, clusterpushsecrets{{ end }}
{{- end }}

{{- define "external.generators" -}}
acraccesstokens, cloudsmithaccesstokens, clustergenerators, ecrauthorizationtokens, fakes, gcraccesstokens, githubaccesstokens, grafanas, mfas, passwords, quayaccesstokens, sshkeys, stssessiontokens, uuids, vaultdynamicsecrets, webhooks
{{- end }}
