import type { Position, YamlDocument } from '../core/yaml-document.ts';
import type { Language, Ports, TargetKind } from './model.ts';

type Scalar = string | number | boolean;
export type EnvEntries = Record<string, Scalar | { secret: string }>;

/** `cloudnative.yaml` as its schema allows it. */
export interface WorkspaceFile {
  version: 1;
  name: string;
  registry?: string;
  services: string[];
  environments: Record<string, EnvironmentEntry>;
  defaultEnvironment?: string;
  readiness?: { group: string; kind: string; ready: ExpectationEntry; failed?: ExpectationEntry }[];
}

/** Either a condition, or a field with values: a rule sees to that. */
export interface ExpectationEntry {
  condition?: string;
  status?: 'True' | 'False' | 'Unknown';
  field?: string;
  is?: Scalar[];
}

export interface EnvironmentEntry {
  target: TargetKind;
  host?: string;
  context?: string;
  namespace?: string;
  registry?: string;
  services?: Record<string, { manifests?: string; env?: EnvEntries; ports?: Partial<Ports> }>;
}

/** `service.yaml` as its schema allows it. */
export interface ServiceFile {
  name: string;
  language: Language;
  ports?: Partial<Ports>;
  image?: { dockerfile?: string; context?: string; args?: Record<string, Scalar> };
  build?: Scalar[][];
  run?: Scalar[];
  calls?: string[];
  env?: EnvEntries;
  /** The latency as in `p99 300ms`. */
  objectives?: { availability?: number; latency?: string };
  kubernetes?: { manifests?: string };
}

/** A file that was read; `content` only when it is as its schema wants it. */
export interface Source<Content> {
  /** Absolute. */
  file: string;
  /** Absolute. */
  folder: string;
  document: YamlDocument;
  content?: Content;
  problems: readonly Problem[];
}

/** Everything that was read, before it is known to fit together. */
export interface Configuration {
  /** Absolute; of the workspace, or of the lone service. */
  folder: string;
  /** Undefined for a lone service. */
  workspace?: Source<WorkspaceFile>;
  services: readonly Source<ServiceFile>[];
}

/** Something to correct, and where. */
export interface Problem {
  /** Absolute. */
  file: string;
  position: Position;
  message: string;
}
