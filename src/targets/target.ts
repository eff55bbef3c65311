import type { Duplex } from 'node:stream';
import type { Basis } from '../core/basis.ts';
import type { Change, Plan } from '../core/change.ts';
import type { Diagnosis, Verdict } from '../core/readiness.ts';
import type { EnvValue, Ports, Service } from '../workspace/model.ts';
import type { Records } from './records.ts';

/** A service with what an environment makes of it, ready to be planned. */
export interface DesiredService {
  service: Service;
  /** The service's own `env` with the environment's on top. */
  env: Readonly<Record<string, EnvValue>>;
  /** Absolute folder of Kubernetes manifests, with the environment's override. */
  manifests: string;
  /** Fixed ports, where the environment asks for them. */
  pinnedPorts: Partial<Ports>;
  artifact: Artifact;
}

/** What was (or will be) built for the target. `pending`: known only after a build, which planning never starts. */
export type Artifact =
  | { kind: 'command'; digest: string; pending: boolean }
  | { kind: 'image'; reference: string; context: string; pending: boolean }
  /** Manifests that name the images they run. */
  | { kind: 'none'; pending: boolean };

/** One service as it is in the place, for `status`. */
export interface ServiceStatus {
  service: string;
  verdict: Verdict;
  /** Instances ready, and wanted. */
  ready: number;
  wanted: number;
  restarts: number;
  /** Image reference or digest of the build; empty when unknown. */
  image: string;
  /** RFC 3339, of the oldest running instance. */
  since?: string;
  /** E.g. `http://127.0.0.1:41080`, when reachable from this machine. */
  url?: string;
  /** One line per instance that is not ready. */
  notes: readonly string[];
  /** Absent where the place cannot tell. */
  edits?: readonly HandEdit[];
}

/** Fields of a resource that someone wrote by hand after it was deployed. The next deploy takes back those that the manifest sets. */
export interface HandEdit {
  /** E.g. `Deployment/orders`. */
  resource: string;
  /** E.g. `kubectl-edit`. */
  by: string;
  fields: readonly string[];
  /** RFC 3339, where it is known. */
  at?: string;
}

/** A service that is deployed, and of which nothing is kept running. */
export interface QuietService {
  service: string;
  /** E.g. `3 objects, no workloads`. */
  what: string;
}

export interface LogLine {
  service: string;
  /** The pod, container or process it came from. */
  instance: string;
  text: string;
}

export interface LogOptions {
  follow: boolean;
  /** Lines of each instance from before now. */
  tail: number;
}

/** An open connection to one instance of a service; what is written reaches it, and it ends when the instance does. */
export interface Connection {
  /** E.g. `Pod/orders-7c9f-x2k8p`, `Container/shop-docker-orders`, `pid 4711`. */
  instance: string;
  stream: Duplex;
}

/** One app in one environment, in one kind of place. Every method throws ExpectedError, `E_UNREACHABLE` (9) when the place does not answer. */
export interface Target {
  /** E.g. `processes on this machine`, `kubernetes, context kind-staging, namespace shop`. */
  readonly place: string;
  /** Absent in a kind of place that keeps no history. */
  readonly records?: Records;
  /** What it waits for before it can ask anything, e.g. `the credential plugin aws`. */
  awaits?(): string | undefined;
  /** Begins to connect, which goes on beside other work. Requests nothing, asks nobody for a login, and never fails. */
  prepare?(): void;
  /** Reads only. The plan's changes for just these services and what they share; removes nothing. */
  plan(desired: readonly DesiredService[], signal?: AbortSignal): Promise<Plan>;
  /** Reads only. What the plan that `plan` has just made was computed from, for one that is to be carried out later. */
  basisOf(plan: Plan, signal?: AbortSignal): Promise<Basis>;
  /** Reads only. Removes everything of the named services; all of the app, shared resources too, when `services` is undefined. */
  planRemoval(services?: readonly string[], signal?: AbortSignal): Promise<Plan>;
  /** Carries out one change of a plan this target made; returns when the place has accepted it, before it is ready. */
  apply(change: Change, signal: AbortSignal): Promise<void>;
  /** After apply: ready, or gone for a removal, or ready and said to stay. Cheap: called several times a second. */
  verdict(change: Change, signal: AbortSignal): Promise<Verdict>;
  /** Resolves when the verdict may have become another, after `ms` at the latest. Places that are not told of changes lack it. */
  news?(change: Change, ms: number, signal: AbortSignal): Promise<void>;
  /** Why a change failed or is late, with the last lines of the failing instance's log. */
  diagnose(change: Change, verdict: Verdict): Promise<Diagnosis>;
  /** Everything of the app that is there, also of services that have left the workspace. Sorted by service. */
  status(): Promise<readonly ServiceStatus[]>;
  /** Of services that `status` has not got, those that are there all the same. Places where each service runs lack it. */
  quiet?(services: readonly string[]): Promise<readonly QuietService[]>;
  /** Throws E_NOT_DEPLOYED, and E_NO_WORKLOADS (4) where nothing that is deployed writes any. */
  logs(services: readonly string[], options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  /**
   * Connects to a port of a service, at an instance that is ready now. Admin ports answer before that too, so any that runs will do there.
   * Throws E_NOT_DEPLOYED, E_NO_WORKLOADS, E_NO_PORT (4), and E_NOT_READY (7) while there is no such instance.
   */
  connect(service: string, port: keyof Ports, signal: AbortSignal): Promise<Connection>;
  /** Serialises deploys of one app and environment; throws `E_LOCKED` (8) naming the holder where the place can tell. */
  locked<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Who holds the lock, as far as it can be taken away. Places where it ends with the run that holds it lack it. */
  heldLock?(): Promise<HeldLock | undefined>;
  /** Takes the lock from its holder, whose next write is refused. False when that one holds it no longer. */
  unlock?(lock: HeldLock): Promise<boolean>;
  close(): Promise<void>;
}

export interface HeldLock {
  /** E.g. `ada@laptop (4711-x2k8p)`. */
  who: string;
  /** RFC 3339, by the clock of the holder. */
  since?: string;
  /** E.g. `Lease/cloudnative.shop.staging in namespace shop`. */
  where: string;
  /** Seconds after its end in which the lock is let go by itself. */
  duration: number;
}

/** What a target is for: one app in one environment. */
export interface Scope {
  app: string;
  environment: string;
  /** See `Environment`. */
  flags?: string;
}
