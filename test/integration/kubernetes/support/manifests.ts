export interface ManifestOptions {
  /** `null` leaves the field out. */
  replicas?: number | null;
  greeting?: string;
  /** More fields of the container, as one line of YAML flow. */
  container?: string;
  /** More lines of the pod's spec, at six spaces. */
  pod?: string;
  autoscaler?: { min: number; max: number };
}

/** Manifests such as a service has: restricted, with a configuration whose name follows its content. */
export function serviceManifests(name: string, options: ManifestOptions = {}): Record<string, string> {
  const { replicas = 1, greeting = 'hello', container = '', pod = '', autoscaler } = options;
  const labels = `{app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: shop}`;
  return {
    'serviceaccount.yaml': `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}}\n`,
    'configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, labels: {cloudnative.dev/versioned: "true"}}
data: {GREETING: "${greeting}"}
`,
    'deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {team: a}}
spec:
${replicas === null ? '' : `  replicas: ${replicas}\n`}  selector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {labels: ${labels}}
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 5
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
${pod}      containers:
        - name: ${name}
          image: ${name}
          ports: [{name: http, containerPort: 8080}]
          envFrom: [{configMapRef: {name: ${name}}}]
          env: [{name: LOG_LEVEL, value: info}]
          readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 1}
          resources: {requests: {cpu: 5m, memory: 8Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
${container}`,
    'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app.kubernetes.io/name: ${name}}, ports: [{name: http, port: 80, targetPort: http}]}
`,
    'pdb.yaml': `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: ${name}}}}
`,
    'networkpolicy.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{port: 8080}]}]
  egress: [{ports: [{port: 53, protocol: UDP}]}]
`,
    ...(autoscaler && {
      'hpa.yaml': `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ${name}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
  minReplicas: ${autoscaler.min}
  maxReplicas: ${autoscaler.max}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 90}}}]
`,
    }),
  };
}
