export type TargetKind = 'process' | 'docker' | 'kubernetes';
export type Language = 'ts' | 'go' | 'python';

/** A value, or a key of a Secret (on this machine: the variable of the same name in an ignored `.env`). */
export type EnvValue = string | { secret: { name: string; key: string } };

export interface Ports {
  http: number;
  admin: number;
}

/** What a service promises, as far as its file says. */
export interface Objectives {
  /** Percent of requests that do not fail. */
  availability?: number;
  latency?: { percentile: 50 | 95 | 99; seconds: number };
}

/** A service as resolved from its `service.yaml`: every default filled in, every path absolute. */
export interface Service {
  name: string;
  /** Absent for a folder of manifests. */
  language?: Language;
  /** Absolute. */
  folder: string;
  /** Relative to the workspace, with `/`; `.` for a lone service. */
  path: string;
  ports: Ports;
  image: {
    /** Absolute. */
    dockerfile: string;
    /** Absolute; never outside the service's folder. */
    context: string;
    args: Readonly<Record<string, string>>;
  };
  /** Argument lists, run in order in the service's folder. */
  build: readonly (readonly string[])[];
  run: readonly string[];
  /** Names of other services of the workspace. */
  calls: readonly string[];
  env: Readonly<Record<string, EnvValue>>;
  objectives?: Objectives;
  /** Absolute folder of Kubernetes manifests. */
  manifests: string;
}

export interface ServiceOverride {
  /** Absolute. */
  manifests?: string;
  env?: Readonly<Record<string, EnvValue>>;
  /** Fixed ports of the process target; otherwise free ones are taken and kept. */
  ports?: Partial<Ports>;
}

export interface Environment {
  name: string;
  target: TargetKind;
  /** Engine address (`unix:///…`, `tcp://…`) of a docker environment, or of the one that builds for a kubernetes one. */
  host?: string;
  /** Pinned kubeconfig context; required for kubernetes. */
  context?: string;
  namespace?: string;
  registry?: string;
  services: Readonly<Record<string, ServiceOverride>>;
  /** How the command line names it, where `-e` does not. */
  flags?: string;
}

/** What shows that a custom resource is ready: a condition of its status, or a field with one of some values. */
export type Expectation = { condition: string; status: string } | { field: string; is: readonly string[] };

/** How to judge the objects of one kind. */
export interface ReadinessRule {
  group: string;
  kind: string;
  ready: Expectation;
  failed?: Expectation;
}

export interface Workspace {
  name: string;
  /** Absolute. */
  folder: string;
  /** Prefix of pushed images, e.g. `127.0.0.1:5000/shop`. */
  registry?: string;
  /** Sorted by name. */
  services: readonly Service[];
  environments: Readonly<Record<string, Environment>>;
  defaultEnvironment: string;
  /** For kinds whose status does not follow the conventions. */
  readiness?: readonly ReadinessRule[];
  /** True where there is a service.yaml but no cloudnative.yaml. */
  lone: boolean;
}
