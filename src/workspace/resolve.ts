import { relative, resolve, sep } from 'node:path';
import type { Path, YamlDocument } from '../core/yaml-document.ts';
import type {
  Configuration,
  EnvEntries,
  EnvironmentEntry,
  ExpectationEntry,
  ServiceFile,
  Source,
} from './configuration.ts';
import { defaultEnvironment, defaultManifests, defaultPorts, loneEnvironments } from './defaults.ts';
import type {
  Environment,
  EnvValue,
  Expectation,
  Objectives,
  Service,
  ServiceOverride,
  Workspace,
} from './model.ts';

/** The workspace that a configuration without problems describes. */
export function resolveWorkspace(configuration: Configuration): Workspace {
  const { folder, workspace } = configuration;
  const services = configuration.services
    .map((source) => resolveService(source, folder))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!workspace) {
    const { name } = services[0]!;
    return {
      name,
      folder,
      services,
      environments: loneEnvironments,
      defaultEnvironment: 'local',
      lone: true,
    };
  }
  const { name, registry, environments, defaultEnvironment: chosen, readiness: rules } = workspace.content!;
  const resolved = Object.entries(environments).map(([key, entry]) => {
    return [key, resolveEnvironment(key, entry, workspace.document, services)] as const;
  });
  return {
    name,
    folder,
    registry,
    services,
    environments: Object.fromEntries(resolved),
    defaultEnvironment: chosen ?? defaultEnvironment(Object.keys(environments))!,
    ...(rules && {
      readiness: rules.map(({ ready, failed, ...rule }) => ({
        ...rule,
        ready: resolveExpectation(ready),
        ...(failed && { failed: resolveExpectation(failed) }),
      })),
    }),
    lone: false,
  };
}

function resolveExpectation({ condition, status = 'True', field, is = [] }: ExpectationEntry): Expectation {
  return condition !== undefined ? { condition, status } : { field: field!, is: is.map(String) };
}

function resolveService({ folder, document, content }: Source<ServiceFile>, root: string): Service {
  const { name, language, ports, image, build = [], run = [], calls = [] } = content!;
  const { env = {}, objectives, kubernetes } = content!;
  const args = Object.keys(image?.args ?? {}).map((key) => [key, text(document, ['image', 'args', key])]);
  return {
    name,
    language,
    folder,
    path: relative(root, folder).split(sep).join('/') || '.',
    ports: { ...defaultPorts, ...ports },
    image: {
      dockerfile: resolve(folder, image?.dockerfile ?? 'Dockerfile'),
      context: resolve(folder, image?.context ?? '.'),
      args: Object.fromEntries(args),
    },
    build: build.map((command, index) => command.map((_, part) => text(document, ['build', index, part]))),
    run: run.map((_, part) => text(document, ['run', part])),
    calls,
    env: resolveEnv(env, document, ['env']),
    ...(objectives && { objectives: resolveObjectives(objectives) }),
    manifests: resolve(folder, kubernetes?.manifests ?? defaultManifests),
  };
}

function resolveObjectives({ availability, latency }: NonNullable<ServiceFile['objectives']>): Objectives {
  const [percentile, time] = latency?.split(' ') ?? [];
  return {
    ...(availability !== undefined && { availability }),
    ...(percentile && time && { latency: { percentile: percentileOf(percentile), seconds: seconds(time) } }),
  };
}

function percentileOf(text: string): 50 | 95 | 99 {
  return text === 'p50' ? 50 : text === 'p95' ? 95 : 99;
}

function seconds(time: string): number {
  return time.endsWith('ms') ? Number(time.slice(0, -2)) / 1000 : Number(time.slice(0, -1));
}

function resolveEnvironment(
  name: string,
  { services: overrides = {}, ...settings }: EnvironmentEntry,
  document: YamlDocument,
  services: readonly Service[],
): Environment {
  const resolved = Object.entries(overrides).flatMap(([service, { manifests, env, ports }]) => {
    const folder = services.find((candidate) => candidate.name === service)?.folder;
    if (folder === undefined) return []; // left out for its problems
    const path = ['environments', name, 'services', service, 'env'];
    const override: ServiceOverride = {
      ...(manifests !== undefined && { manifests: resolve(folder, manifests) }),
      ...(env && { env: resolveEnv(env, document, path) }),
      ...(ports && { ports }),
    };
    return [[service, override] as const];
  });
  return { name, ...settings, services: Object.fromEntries(resolved) };
}

function resolveEnv(entries: EnvEntries, document: YamlDocument, path: Path): Record<string, EnvValue> {
  const values = Object.entries(entries).map(([key, value]): [string, EnvValue] => {
    if (typeof value !== 'object') return [key, text(document, [...path, key])];
    const slash = value.secret.indexOf('/');
    return [key, { secret: { name: value.secret.slice(0, slash), key: value.secret.slice(slash + 1) } }];
  });
  return Object.fromEntries(values);
}

/** As written, so that a version 1.10 is not read as the number 1.1. */
function text(document: YamlDocument, path: Path): string {
  return document.source(path)!;
}
