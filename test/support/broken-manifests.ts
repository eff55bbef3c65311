/** A manifest with one mistake: where `check` sees it (line and column of the text), and what it says. */
export interface BrokenManifest {
  mistake: string;
  text: string;
  at: string;
  says: RegExp;
  /** What the API server cannot see, or what it takes and nobody means. */
  serverTakes?: true;
}

const metadata = 'metadata: {name: orders}';
const pod = (spec: string) => `apiVersion: v1\nkind: Pod\n${metadata}\nspec:\n${indented(spec, 2)}`;
const container = (fields: string) =>
  pod(`containers:\n  - name: orders\n    image: orders\n${indented(fields, 4)}`);
const deployment = (spec: string) =>
  `apiVersion: apps/v1\nkind: Deployment\n${metadata}\nspec:\n${indented(spec, 2)}`;
const template =
  'template: {metadata: {labels: {app: orders}}, spec: {containers: [{name: orders, image: orders}]}}';
const service = (spec: string) => `apiVersion: v1\nkind: Service\n${metadata}\nspec:\n${indented(spec, 2)}`;
const configMap = (rest: string) => `apiVersion: v1\nkind: ConfigMap\n${metadata}\n${rest}`;
const secret = (rest: string) => `apiVersion: v1\nkind: Secret\n${metadata}\n${rest}`;

function indented(text: string, by: number): string {
  return text.replace(/^/gm, ' '.repeat(by));
}

export const brokenManifests: readonly BrokenManifest[] = [
  // Fields
  {
    mistake: 'an unknown field',
    text: container('imagePulPolicy: Always'),
    at: '8:7',
    says: /imagePulPolicy is an unknown field, did you mean imagePullPolicy\?/,
  },
  {
    mistake: 'a field in another case',
    text: container('Command: [a]'),
    at: '8:7',
    says: /Command is an unknown field, did you mean command\?/,
  },
  {
    mistake: 'an unknown field of the object',
    text: configMap('dato: {a: b}'),
    at: '4:1',
    says: /^dato is an unknown field, did you mean data\?/,
  },
  {
    mistake: 'an unknown field of metadata',
    text: configMap('').replace('{name: orders}', '{name: orders, label: {a: b}}'),
    at: '3:26',
    says: /label is an unknown field, did you mean labels\?/,
  },
  {
    mistake: 'a field of an older version',
    text: 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: orders}\nspec:\n  maxReplicas: 2\n  targetCPUUtilizationPercentage: 50\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}\n',
    at: '6:3',
    says: /targetCPUUtilizationPercentage is an unknown field/,
  },
  {
    mistake: 'a number where text belongs',
    text: container('env: [{name: A, value: 1}]'),
    at: '8:23',
    says: /env\[A\]\.value must be text, is a number: put it in quotes/,
  },
  {
    mistake: 'text where a number belongs',
    text: deployment(`replicas: "2"\nselector: {matchLabels: {app: orders}}\n${template}`),
    at: '5:3',
    says: /replicas must be a whole number, is text: leave the quotes out/,
  },
  {
    mistake: 'a broken number',
    text: deployment(`replicas: 1.5\nselector: {matchLabels: {app: orders}}\n${template}`),
    at: '5:3',
    says: /replicas must be a whole number/,
  },
  {
    mistake: 'yes as a label',
    text: configMap('').replace('{name: orders}', '{name: orders, labels: {a: yes}}'),
    at: '3:35',
    says: /labels\.a must be text, is true or false: put it in quotes/,
  },
  {
    mistake: 'an object where a list belongs',
    text: container('args: {a: b}'),
    at: '8:7',
    says: /args must be a list, is an object/,
  },
  {
    mistake: 'a list where an object belongs',
    text: configMap('data: [a]'),
    at: '4:1',
    says: /data must be an object, is a list/,
  },
  {
    mistake: 'text that is neither true nor false',
    text: container('tty: "on"'),
    at: '8:7',
    says: /tty must be true or false, is text/,
  },
  {
    mistake: 'a missing image',
    text: pod('containers: [{name: orders}]'),
    at: '5:16',
    says: /containers\[orders\]\.image is missing/,
  },
  {
    mistake: 'missing containers',
    text: pod('restartPolicy: Always'),
    at: '4:1',
    says: /spec\.containers is missing/,
  },
  { mistake: 'a missing selector', text: deployment(template), at: '4:1', says: /spec\.selector is missing/ },
  {
    mistake: 'a missing spec',
    text: `apiVersion: apps/v1\nkind: Deployment\n${metadata}\n`,
    at: '1:1',
    says: /^spec is missing/,
  },
  {
    mistake: 'a value that is none of the choices',
    text: container('imagePullPolicy: always'),
    at: '8:7',
    says: /is "always", must be one of Always, IfNotPresent, Never; did you mean Always\?/,
  },
  {
    mistake: 'an amount with a wrong unit',
    text: container('resources: {limits: {memory: 64MB}}'),
    at: '8:28',
    says: /limits\.memory must be an amount such as 500m or 64Mi, is "64MB"/,
  },
  {
    mistake: 'more asked for than is allowed',
    text: container('resources: {requests: {cpu: "2"}, limits: {cpu: 500m}}'),
    at: '8:30',
    says: /requests\.cpu is 2, more than the limit of 500m/,
  },
  {
    mistake: 'a time of another form',
    text: `apiVersion: coordination.k8s.io/v1\nkind: Lease\n${metadata}\nspec: {renewTime: "2026-01-31 12:00"}\n`,
    at: '4:8',
    says: /renewTime must be a time such as/,
  },
  {
    mistake: 'data that is no base64',
    text: secret('data: {password: "canary!"}'),
    at: '4:8',
    says: /^data\.password must be base64 text$/,
  },
  // Lists
  {
    mistake: 'one variable twice',
    text: container('env: [{name: A, value: "1"}, {name: A, value: "2"}]'),
    at: '8:36',
    says: /env\[1\] A is in the list more than once/,
  },
  {
    mistake: 'one port twice',
    text: container('ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}]'),
    at: '8:36',
    says: /ports\[1\] 80\/TCP is in the list more than once/,
  },
  {
    mistake: 'one volume twice',
    text: `${container('tty: true')}\n  volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]`,
    at: '9:38',
    says: /volumes\[1\] a is in the list more than once/,
  },
  {
    mistake: 'one mount path twice',
    text:
      container('volumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /a}]') +
      '\n  volumes: [{name: a, emptyDir: {}}]',
    at: '8:48',
    says: /volumeMounts\[1\] \/a is in the list more than once/,
  },
  {
    mistake: 'one service port twice',
    text: service('ports: [{name: a, port: 80}, {name: b, port: 80}]'),
    at: '5:32',
    says: /ports\[b\] 80\/TCP is in the list more than once/,
  },
  {
    mistake: 'one finalizer twice',
    text: configMap('').replace('{name: orders}', '{name: orders, finalizers: [a.b/c, a.b/c]}'),
    at: '3:46',
    says: /finalizers\[1\] a\.b\/c is in the list more than once/,
  },
  {
    mistake: 'one container name twice',
    text: pod('initContainers: [{name: a, image: a}]\ncontainers: [{name: a, image: a}]'),
    at: '6:17',
    says: /a is the name of another container too/,
  },
  {
    mistake: 'one port name twice',
    text: container('ports: [{name: a, containerPort: 80}, {name: a, containerPort: 81}]'),
    at: '8:46',
    says: /a is the name of another port too/,
  },
  // Names and values
  {
    mistake: 'a name in capitals',
    text: configMap('').replace('orders', 'Orders'),
    at: '3:12',
    says: /metadata\.name is "Orders": it must be parts of a-z/,
  },
  {
    mistake: 'a service name with a dot',
    text: service('ports: [{port: 80}]').replace('orders', 'a.b'),
    at: '3:12',
    says: /is "a\.b": it must begin and end/,
  },
  {
    mistake: 'a long name of a CronJob',
    text: `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: ${'x'.repeat(53)}}\nspec: {schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}\n`,
    at: '3:12',
    says: /it has 53 characters, at most 52 are allowed/,
  },
  {
    mistake: 'a role name with a slash',
    text: 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a%b}\nrules: []\n',
    at: '3:12',
    says: /nor hold \/ or %/,
  },
  {
    mistake: 'a container name with a dot',
    text: pod('containers: [{name: a.b, image: a}]'),
    at: '5:17',
    says: /is "a\.b": it must begin and end/,
  },
  {
    mistake: 'a label that is too long',
    text: configMap('').replace('{name: orders}', `{name: orders, labels: {a: ${'x'.repeat(64)}}}`),
    at: '3:26',
    says: /labels has a = ".*": it has 64 characters, at most 63/,
  },
  {
    mistake: 'a label key with a blank',
    text: configMap('').replace('{name: orders}', '{name: orders, labels: {"a b": c}}'),
    at: '3:26',
    says: /labels has the key "a b"/,
  },
  {
    mistake: 'an annotation key with two slashes',
    text: configMap('').replace('{name: orders}', '{name: orders, annotations: {a/b/c: d}}'),
    at: '3:40',
    says: /no key of an annotation: it must hold at most one \//,
  },
  {
    mistake: 'a port beyond the last',
    text: service('ports: [{port: 99999}]'),
    at: '5:12',
    says: /port is 99999, must be between 1 and 65535/,
  },
  {
    mistake: 'a port name of 16 characters',
    text: container(`ports: [{name: ${'p'.repeat(16)}, containerPort: 80}]`),
    at: '8:16',
    says: /it has 16 characters, at most 15/,
  },
  {
    mistake: 'a negative number of replicas',
    text: deployment(`replicas: -1\nselector: {matchLabels: {app: orders}}\n${template}`),
    at: '5:3',
    says: /replicas is -1, must be at least 0/,
  },
  {
    mistake: 'a variable with =',
    text: container('env: [{name: "A=B", value: a}]'),
    at: '8:14',
    says: /it must hold plain text without =/,
  },
  {
    mistake: 'a schedule of four fields',
    text: 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: "0 3 * *"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}\n',
    at: '5:3',
    says: /must have 5 fields/,
  },
  {
    mistake: 'an hour beyond the last',
    text: 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  schedule: "0 24 * * *"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}\n',
    at: '5:3',
    says: /the hour must be within 0-23/,
  },
  {
    mistake: 'a key of a ConfigMap with a slash',
    text: configMap('data: {a/b: c}'),
    at: '4:8',
    says: /is no key/,
  },
  {
    mistake: 'a ConfigMap of more than 1 MB',
    text: configMap(`data: {a: "${'x'.repeat(1048577)}"}`),
    at: '4:1',
    says: /data has 1048577 bytes, at most 1048576 are allowed/,
  },
  {
    mistake: 'a Secret of more than 1 MB',
    text: secret(`stringData: {a: "${'x'.repeat(1048577)}"}`),
    at: '1:1',
    says: /data has 1048577 bytes/,
  },
  {
    mistake: 'annotations of more than 256 kB',
    text: configMap('').replace(
      '{name: orders}',
      `{name: orders, annotations: {a: "${'x'.repeat(262144)}"}}`,
    ),
    at: '3:26',
    says: /annotations have 262145 bytes together/,
  },
  {
    mistake: 'a certificate without its key',
    text: secret('type: kubernetes.io/tls\ndata: {tls.crt: AA==}'),
    at: '5:1',
    says: /data\[tls\.key\] is missing, which type kubernetes\.io\/tls needs/,
  },
  {
    mistake: 'a range of addresses without a length',
    text: `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n${metadata}\nspec: {podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.1}}]}]}\n`,
    at: '4:51',
    says: /must be an address range/,
  },
  // What goes together
  {
    mistake: 'a selector that misses its own pods',
    text: deployment(`selector: {matchLabels: {app: order}}\n${template}`),
    at: '5:3',
    says: /\(app=order\) does not select the pods of the template, which have app=orders/,
  },
  {
    mistake: 'an empty selector',
    text: deployment(`selector: {}\n${template}`),
    at: '5:3',
    says: /selector is empty/,
  },
  {
    mistake: 'a Deployment that does not restart',
    text: deployment(
      `selector: {matchLabels: {app: orders}}\n${template.replace('spec: {', 'spec: {restartPolicy: Never, ')}`,
    ),
    at: '6:56',
    says: /restartPolicy is Never, must be Always/,
  },
  {
    mistake: 'a Job that always restarts',
    text: `apiVersion: batch/v1\nkind: Job\n${metadata}\nspec: {${template}}\n`,
    at: '4:54',
    says: /restartPolicy is Always, must be OnFailure or Never/,
  },
  {
    mistake: 'Recreate with numbers for a rolling update',
    text: deployment(
      `strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\nselector: {matchLabels: {app: orders}}\n${template}`,
    ),
    at: '5:30',
    says: /cannot be set beside type Recreate/,
  },
  {
    mistake: 'a mount of no volume',
    text: container('volumeMounts: [{name: tmp, mountPath: /tmp}]'),
    at: '8:23',
    says: /is tmp, which is no volume of the pod/,
  },
  {
    mistake: 'a volume of two sources',
    text: pod('containers: [{name: a, image: a}]\nvolumes: [{name: a, emptyDir: {}, configMap: {name: a}}]'),
    at: '6:37',
    says: /cannot be set beside emptyDir/,
  },
  {
    mistake: 'a probe of two handlers',
    text: container('livenessProbe: {httpGet: {port: 80}, exec: {command: [a]}}'),
    at: '8:23',
    says: /cannot be set beside exec/,
  },
  {
    mistake: 'a probe of no handler',
    text: container('livenessProbe: {periodSeconds: 5}'),
    at: '8:7',
    says: /must have one of exec, httpGet/,
  },
  {
    mistake: 'a probe of a port that is not there',
    text: container('ports: [{name: http, containerPort: 80}]\nreadinessProbe: {httpGet: {port: htp}}'),
    at: '9:34',
    says: /is htp, which is no port of the container: it has http/,
    serverTakes: true,
  },
  {
    mistake: 'a value from two places',
    text: container('env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]'),
    at: '8:33',
    says: /cannot be set beside value/,
  },
  {
    mistake: 'several ports without names',
    text: service('ports: [{port: 80}, {port: 81, name: b}]'),
    at: '5:11',
    says: /name is missing: of several ports each needs one/,
  },
  {
    mistake: 'a service without ports',
    text: service('selector: {app: orders}'),
    at: '4:1',
    says: /ports are missing/,
  },
  {
    mistake: 'a path that does not begin with /',
    text: `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${metadata}\nspec: {rules: [{http: {paths: [{path: a, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}\n`,
    at: '4:33',
    says: /path must begin with \//,
  },
  {
    mistake: 'the backend of an older Ingress',
    text: `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${metadata}\nspec:\n  defaultBackend: {serviceName: a, servicePort: 80}\n`,
    at: '5:20',
    says: /serviceName is an unknown field/,
  },
  {
    mistake: 'both budgets',
    text: `apiVersion: policy/v1\nkind: PodDisruptionBudget\n${metadata}\nspec: {minAvailable: 1, maxUnavailable: 1, selector: {}}\n`,
    at: '4:25',
    says: /cannot be set beside minAvailable/,
  },
  {
    mistake: 'more replicas at least than at most',
    text: 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: orders}\nspec:\n  minReplicas: 3\n  maxReplicas: 2\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}\n',
    at: '6:3',
    says: /maxReplicas is 2, less than minReplicas/,
  },
  {
    mistake: 'a claim without a size',
    text: `apiVersion: v1\nkind: PersistentVolumeClaim\n${metadata}\nspec: {accessModes: [ReadWriteOnce]}\n`,
    at: '4:1',
    says: /requests\.storage is missing/,
  },
  {
    mistake: 'a subject of an unknown kind',
    text: 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\nsubjects: [{kind: Serviceaccount, name: a, namespace: b}]\n',
    at: '5:13',
    says: /kind is "Serviceaccount", must be one of User, Group, ServiceAccount/,
  },
  {
    mistake: 'a rule without verbs',
    text: 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules: [{apiGroups: [""], resources: [pods], verbs: []}]\n',
    at: '4:46',
    says: /rules\[0\]\.verbs is empty/,
  },
  {
    mistake: 'an expression without values',
    text: deployment(`selector: {matchExpressions: [{key: app, operator: In}]}\n${template}`),
    at: '5:33',
    says: /values are missing, which In needs/,
  },
  // Versions of the API
  {
    mistake: 'a version that is gone',
    text: `apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n${metadata}\nspec: {minAvailable: 1}\n`,
    at: '1:1',
    says: /is policy\/v1beta1, which is gone since Kubernetes 1\.25: use policy\/v1$/,
  },
  {
    mistake: 'a group that is gone',
    text: `apiVersion: extensions/v1beta1\nkind: Deployment\n${metadata}\nspec: {}\n`,
    at: '1:1',
    says: /gone since Kubernetes 1\.16: use apps\/v1$/,
  },
  {
    mistake: 'a kind of another group',
    text: `apiVersion: v1\nkind: Deployment\n${metadata}\n`,
    at: '2:1',
    says: /has no Deployment in v1: use apps\/v1/,
  },
  {
    mistake: 'a kind that is misspelt',
    text: `apiVersion: apps/v1\nkind: Deploymnt\n${metadata}\n`,
    at: '2:1',
    says: /did you mean Deployment\?/,
  },
];
