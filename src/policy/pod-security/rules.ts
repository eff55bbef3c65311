import { isRecord } from '../../core/is-record.ts';
import { record } from '../json.ts';

export type PodSecurityLevel = 'baseline' | 'restricted';

/** One control of the Pod Security Standards. Fields are given as `ports[*].hostPort`, within the pod spec or a container. */
export interface PodSecurityRule {
  id: string;
  level: PodSecurityLevel;
  /** Of the pod spec. */
  pod?: readonly string[];
  /** Of each container of any sort. */
  container?: readonly string[];
  /** Of the pod's annotations, those whose key begins so. */
  annotations?: string;
  /** Whether a value is allowed; undefined where the field is not set. `minor` is the version of the standard. */
  allows: (value: unknown, minor: number) => boolean;
  /** Ends a sentence about the field. */
  wanted: string;
  /** A container that does not set the field has the pod's. */
  inherited?: true;
  /** Minor version of Kubernetes that brought the rule. */
  since?: number;
  /** A stricter rule takes its place at level restricted, from this minor version. */
  replacedSince?: number;
  /** Pods that say `os.name: windows` are let off. */
  notOnWindows?: true;
  /** Pods in a user namespace (`hostUsers: false`) are let off, from this minor version. */
  notInUserNamespaceSince?: number;
}

const unset = (value: unknown) => value === undefined;
const unsetOr =
  (...values: unknown[]) =>
  (value: unknown) =>
    unset(value) || values.includes(value);
const profile =
  (...types: string[]) =>
  (value: unknown) =>
    isRecord(value) && types.includes(String(value.type));

const at = (field: string) => [`securityContext.${field}`];
const safeProfile = profile('RuntimeDefault', 'Localhost');

const capabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
/** Safe sysctls, with the minor version since which each is. */
const sysctls: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
  'net.ipv4.tcp_notsent_lowat': 37,
  'net.ipv4.tcp_slow_start_after_idle': 37,
};
const restrictedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const handlers = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.postStart',
  'lifecycle.preStop',
];

/** The Pod Security Standards as of Kubernetes 1.37, with what was otherwise since 1.30. */
export const podSecurityRules: readonly PodSecurityRule[] = [
  {
    id: 'host-namespaces',
    level: 'baseline',
    pod: ['hostNetwork', 'hostPID', 'hostIPC'],
    allows: (value) => value !== true,
    wanted: 'must not be true',
  },
  {
    id: 'privileged',
    level: 'baseline',
    container: at('privileged'),
    allows: (value) => value !== true,
    wanted: 'must not be true',
  },
  {
    id: 'capabilities',
    level: 'baseline',
    container: at('capabilities.add[*]'),
    allows: (value) => unset(value) || capabilities.has(String(value)),
    wanted: `must be one of ${[...capabilities].join(', ')}`,
    replacedSince: 22,
  },
  {
    id: 'host-path-volumes',
    level: 'baseline',
    pod: ['volumes[*].hostPath'],
    allows: unset,
    wanted: 'must not be set',
    replacedSince: 0,
  },
  {
    id: 'host-ports',
    level: 'baseline',
    container: ['ports[*].hostPort'],
    allows: unsetOr(0),
    wanted: 'must not be set',
  },
  {
    id: 'host-probes',
    level: 'baseline',
    container: handlers.flatMap((handler) => [`${handler}.httpGet.host`, `${handler}.tcpSocket.host`]),
    allows: unsetOr(''),
    wanted: 'must not be set',
    since: 34,
  },
  {
    id: 'app-armor',
    level: 'baseline',
    pod: at('appArmorProfile'),
    container: at('appArmorProfile'),
    allows: (value) => unset(value) || safeProfile(value),
    wanted: 'must be of type RuntimeDefault or Localhost',
  },
  {
    id: 'app-armor-annotations',
    level: 'baseline',
    annotations: 'container.apparmor.security.beta.kubernetes.io/',
    allows: (value) => value === '' || value === 'runtime/default' || String(value).startsWith('localhost/'),
    wanted: 'must be runtime/default or localhost/...',
  },
  {
    id: 'se-linux-type',
    level: 'baseline',
    pod: at('seLinuxOptions.type'),
    container: at('seLinuxOptions.type'),
    allows: (value, minor) =>
      unsetOr('', 'container_t', 'container_init_t', 'container_kvm_t')(value) ||
      (minor >= 31 && value === 'container_engine_t'),
    wanted: 'must be container_t, container_init_t, container_kvm_t or container_engine_t',
  },
  {
    id: 'se-linux-user',
    level: 'baseline',
    pod: ['securityContext.seLinuxOptions.user', 'securityContext.seLinuxOptions.role'],
    container: ['securityContext.seLinuxOptions.user', 'securityContext.seLinuxOptions.role'],
    allows: unsetOr(''),
    wanted: 'must not be set',
  },
  {
    id: 'proc-mount',
    level: 'baseline',
    container: at('procMount'),
    allows: unsetOr('Default'),
    wanted: 'must be Default',
    notInUserNamespaceSince: 35,
    replacedSince: 35,
  },
  {
    id: 'proc-mount-restricted',
    level: 'restricted',
    container: at('procMount'),
    allows: unsetOr('Default'),
    wanted: 'must be Default',
    since: 35,
  },
  {
    id: 'seccomp',
    level: 'baseline',
    pod: at('seccompProfile'),
    container: at('seccompProfile'),
    allows: (value) => unset(value) || safeProfile(value),
    wanted: 'must be of type RuntimeDefault or Localhost',
    replacedSince: 19,
  },
  {
    id: 'sysctls',
    level: 'baseline',
    pod: at('sysctls[*].name'),
    allows: (value, minor) => unset(value) || (sysctls[String(value)] ?? Number.POSITIVE_INFINITY) <= minor,
    wanted: 'must be a safe sysctl',
  },
  {
    id: 'windows-host-process',
    level: 'baseline',
    pod: at('windowsOptions.hostProcess'),
    container: at('windowsOptions.hostProcess'),
    allows: (value) => value !== true,
    wanted: 'must not be true',
  },
  {
    id: 'volume-types',
    level: 'restricted',
    pod: ['volumes[*]'],
    allows: (value) =>
      unset(value) || restrictedVolumes.some((type) => (record(value)[type] ?? null) !== null),
    wanted: `must be one of ${restrictedVolumes.join(', ')}`,
  },
  {
    id: 'privilege-escalation',
    level: 'restricted',
    container: at('allowPrivilegeEscalation'),
    allows: (value) => value === false,
    wanted: 'must be false',
    notOnWindows: true,
  },
  {
    id: 'run-as-non-root',
    level: 'restricted',
    pod: at('runAsNonRoot'),
    container: at('runAsNonRoot'),
    inherited: true,
    allows: (value) => value === true,
    wanted: 'must be true, here or for the pod',
    notInUserNamespaceSince: 35,
  },
  {
    id: 'run-as-user',
    level: 'restricted',
    pod: at('runAsUser'),
    container: at('runAsUser'),
    allows: (value) => value !== 0,
    wanted: 'must not be 0',
    notInUserNamespaceSince: 35,
  },
  {
    id: 'seccomp-restricted',
    level: 'restricted',
    pod: at('seccompProfile'),
    container: at('seccompProfile'),
    inherited: true,
    allows: safeProfile,
    wanted: 'must be of type RuntimeDefault or Localhost, here or for the pod',
    notOnWindows: true,
  },
  {
    id: 'capabilities-drop',
    level: 'restricted',
    container: at('capabilities.drop'),
    allows: (value) => Array.isArray(value) && value.includes('ALL'),
    wanted: 'must hold ALL',
    notOnWindows: true,
  },
  {
    id: 'capabilities-add',
    level: 'restricted',
    container: at('capabilities.add[*]'),
    allows: unsetOr('NET_BIND_SERVICE'),
    wanted: 'must be NET_BIND_SERVICE',
    notOnWindows: true,
  },
];
