{{- define "argo.labels" -}}
helm.sh/chart: argo-cd-{{ .root.Chart.Version }}
app.kubernetes.io/name: argocd-{{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: argocd
app.kubernetes.io/version: {{ .root.Chart.AppVersion }}
{{- end }}

{{- define "argo.selector" -}}
app.kubernetes.io/name: argocd-{{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "argo.confined" -}}
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
readOnlyRootFilesystem: true
runAsNonRoot: true
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "argo.apart" -}}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels: {{- include "argo.selector" . | nindent 10 }}
{{- end }}

{{- define "argo.budget" -}}
{{- if .values.pdb.enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- include "argo.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .values.pdb.maxUnavailable }}
  selector:
    matchLabels: {{- include "argo.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{- define "argo.metadata" -}}
name: {{ .object | default (printf "argocd-%s" .name) }}
namespace: {{ .root.Release.Namespace }}
labels: {{- include "argo.labels" . | nindent 2 }}
{{- end }}

{{/* Settings that the programs take from the environment, as the chart hands them on: variable to key. */}}
{{- define "argo.environment" -}}
{{- range $variable, $key := .params }}
- {name: {{ $variable }}, valueFrom: {configMapKeyRef: {name: argocd-cmd-params-cm, key: {{ $key }}, optional: true}}}
{{- end }}
- {name: REDIS_SERVER, valueFrom: {configMapKeyRef: {name: argocd-cmd-params-cm, key: redis.server}}}
- {name: REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: argocd-redis, key: auth}}}
- {name: ARGOCD_RECONCILIATION_TIMEOUT, valueFrom: {configMapKeyRef: {name: argocd-cm, key: timeout.reconciliation, optional: true}}}
- {name: ARGOCD_RECONCILIATION_JITTER, valueFrom: {configMapKeyRef: {name: argocd-cm, key: timeout.reconciliation.jitter, optional: true}}}
{{- end }}

{{- define "argo.common" -}}
{{ include "argo.metrics" . }}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{- include "argo.metadata" . | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{- include "argo.metadata" . | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: argocd-{{ .name }}}
subjects: [{kind: ServiceAccount, name: argocd-{{ .name }}, namespace: {{ .root.Release.Namespace }}}]
{{- end }}

{{- define "argo.clusterRights" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: argocd-{{ .name }}
  labels: {{- include "argo.labels" . | nindent 4 }}
{{- if not .values.clusterRoleRules.enabled }}
{{- fail "the stand-in grants no right to everything: set clusterRoleRules" }}
{{- end }}
rules: {{- toYaml .values.clusterRoleRules.rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: argocd-{{ .name }}
  labels: {{- include "argo.labels" . | nindent 4 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: argocd-{{ .name }}}
subjects: [{kind: ServiceAccount, name: argocd-{{ .name }}, namespace: {{ .root.Release.Namespace }}}]
{{- end }}

{{- define "argo.metrics" -}}
{{- $own := dict "root" .root "name" "metrics" "component" .component "object" (printf "argocd-%s-metrics" .name) }}
{{- if .values.metrics.enabled }}
apiVersion: v1
kind: Service
metadata: {{- include "argo.metadata" $own | nindent 2 }}
spec:
  type: ClusterIP
  selector: {{- include "argo.selector" . | nindent 4 }}
  ports: [{name: http-metrics, protocol: TCP, port: {{ .metricsPort }}, targetPort: metrics}]
{{- if .values.metrics.serviceMonitor.enabled }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {{- include "argo.metadata" . | nindent 2 }}
spec:
  endpoints: [{port: http-metrics, interval: 30s, path: /metrics, honorLabels: false}]
  namespaceSelector: {matchNames: [{{ .root.Release.Namespace }}]}
  selector:
    matchLabels: {app.kubernetes.io/name: argocd-metrics, app.kubernetes.io/instance: {{ .root.Release.Name }}, app.kubernetes.io/component: {{ .component }}}
{{- end }}
{{- end }}
{{- end }}
