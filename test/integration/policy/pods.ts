import fc from 'fast-check';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';

/**
 * Pods that differ in all that the Pod Security Standards look at. The higher the `care`, the more fields are as level restricted
 * wants them, so that pods of all levels come up.
 */
export function podArbitrary(care: number): fc.Arbitrary<KubernetesObject> {
  const likely = <T>(good: T, ...others: (T | undefined)[]) =>
    fc.oneof(
      { weight: care, arbitrary: fc.constant(good) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    );
  const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: care, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  const unset = <T>(...others: T[]) => rarely(fc.constantFrom(...others));

  const profile = { type: 'RuntimeDefault' };
  const seccompProfile = likely<object | undefined>(
    profile,
    undefined,
    { type: 'Unconfined' },
    { type: 'Localhost', localhostProfile: 'a.json' },
  );
  const appArmorProfile = unset<object>(
    profile,
    { type: 'Unconfined' },
    { type: 'Localhost', localhostProfile: 'a' },
  );
  const seLinuxOptions = rarely(
    fc.record({
      type: fc.constantFrom('container_t', 'container_engine_t', 'spc_t', '', undefined),
      user: unset('system_u', ''),
      role: unset('sysadm_r', ''),
      level: unset('s0:c1'),
    }),
  );
  const shared = {
    runAsNonRoot: likely<boolean | undefined>(true, undefined, false),
    runAsUser: unset(1000, 0),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
  };
  const host = unset('', '10.0.0.1');
  const handler = fc.oneof(
    fc.record({ httpGet: fc.record({ port: fc.constant(80), host }) }),
    fc.record({ tcpSocket: fc.record({ port: fc.constant(80), host }) }),
    fc.constant({ exec: { command: ['true'] } }),
  );
  const container = fc.record({
    image: fc.constant('a'),
    securityContext: likelyRecord(care, {
      ...shared,
      allowPrivilegeEscalation: likely<boolean | undefined>(false, undefined, true),
      privileged: unset(false, true),
      procMount: unset('Default'),
      windowsOptions: unset({ runAsUserName: 'a' }),
      capabilities: likelyRecord(care, {
        drop: likely<string[] | undefined>(['ALL'], undefined, [], ['NET_RAW'], ['ALL', 'KILL']),
        add: unset<string[]>([], ['NET_BIND_SERVICE'], ['CHOWN'], ['NET_RAW', 'KILL']),
      }),
    }),
    ports: unset<object[]>(
      [{ containerPort: 80 }],
      [{ containerPort: 81, hostPort: 81 }],
      [{ containerPort: 82, hostPort: 0 }],
    ),
    livenessProbe: rarely(handler),
    startupProbe: rarely(handler),
    lifecycle: rarely(fc.record({ preStop: handler, postStart: rarely(handler) })),
  });
  return fc
    .record({
      containers: fc.array(container, { minLength: 1, maxLength: 2 }),
      initContainers: fc.array(container, { maxLength: 1 }),
      volumes: fc.array(likely(...volumes), { maxLength: 2 }),
      securityContext: likelyRecord(care, { ...shared, sysctls: unset(...sysctls) }),
      hostNetwork: unset(false, true),
      hostPID: unset(false, true),
      hostIPC: unset(false, true),
      os: unset({ name: 'linux' }),
      annotation: unset('runtime/default', 'localhost/a', 'unconfined', ''),
    })
    .map(({ annotation, ...spec }) => podOf(spec, annotation));
}

function likelyRecord<T>(care: number, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.oneof(
    { weight: care, arbitrary: fc.record(fields) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, {}) },
  );
}

const volumes: [object, ...object[]] = [
  { emptyDir: {} },
  { configMap: { name: 'a' } },
  { secret: { secretName: 'a' } },
  { persistentVolumeClaim: { claimName: 'a' } },
  { projected: { sources: [] } },
  { downwardAPI: {} },
  { csi: { driver: 'a' } },
  { hostPath: { path: '/a' } },
  { nfs: { server: 'a', path: '/a' } },
  { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:a', lun: 0 } },
];
const sysctls = [
  [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
  [{ name: 'net.ipv4.tcp_rmem', value: '1' }],
  [{ name: 'kernel.msgmax', value: '1' }],
  [
    { name: 'net.ipv4.tcp_keepalive_time', value: '1' },
    { name: 'net.core.somaxconn', value: '1' },
  ],
];

interface Drawn {
  containers: object[];
  initContainers: { lifecycle?: unknown; livenessProbe?: unknown; startupProbe?: unknown }[];
  volumes: (object | undefined)[];
}

/** The drawn fields as a pod that is valid in all else. */
function podOf(spec: Drawn, annotation: string | undefined): KubernetesObject {
  const annotations = { 'container.apparmor.security.beta.kubernetes.io/c0': annotation };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod', ...(annotation === undefined ? {} : { annotations }) },
    spec: {
      ...spec,
      containers: spec.containers.map((one, index) => ({ name: `c${index}`, ...one })),
      // An init container that ends cannot have these.
      initContainers: spec.initContainers.map(
        ({ lifecycle, livenessProbe, startupProbe, ...one }, index) => ({
          name: `i${index}`,
          ...one,
          ...(lifecycle ? { restartPolicy: 'Always', lifecycle, livenessProbe, startupProbe } : {}),
        }),
      ),
      volumes: spec.volumes.map((one, index) => ({ name: `v${index}`, ...one })),
    },
  };
  return JSON.parse(JSON.stringify(pod)) as KubernetesObject;
}
