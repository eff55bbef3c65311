import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a folder of manifests, a file for each application of five objects, none of which runs a pod. */
export function writeObjects(folder, count) {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count / 5; index++) {
    const name = `app-${String(index).padStart(3, '0')}`;
    writeFileSync(join(folder, `${name}.yaml`), application(name));
  }
}

function application(name) {
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: bench}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: bench}
data:
  LOG_LEVEL: info
  GREETING: "hello from ${name}"
  application.properties: |
    server.port=8080
    server.name=${name}
    cache.size=1000
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: bench}
spec:
  selector: {app.kubernetes.io/name: ${name}}
  ports:
    - {name: http, port: 80, targetPort: http}
    - {name: admin, port: 9100, targetPort: admin}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: bench}
spec:
  replicas: 0
  selector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: ${name}}
    spec:
      serviceAccountName: ${name}
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: main
          image: registry.example.com/bench/${name}:1.0.0
          env:
            - {name: LOG_LEVEL, valueFrom: {configMapKeyRef: {name: ${name}, key: LOG_LEVEL}}}
            - {name: GREETING, value: hello}
          ports:
            - {name: http, containerPort: 8080}
            - {name: admin, containerPort: 9100}
          readinessProbe: {httpGet: {path: /readyz, port: admin}, periodSeconds: 5}
          livenessProbe: {httpGet: {path: /livez, port: admin}, periodSeconds: 10}
          resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 128Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: bench}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app.kubernetes.io/name: ${name}}}
`;
}
