import { resolve } from 'node:path';
import { isOutside } from '../core/is-outside.ts';
import { nearest } from '../core/suggest.ts';
import type { Configuration, EnvironmentEntry, Source, WorkspaceFile } from './configuration.ts';
import { defaultEnvironment } from './defaults.ts';
import type { TargetKind } from './model.ts';
import { type Report, type Rule, readableServices } from './rule.ts';

export const environmentRules: readonly Rule[] = [
  settingsFitTheTarget,
  defaultEnvironmentExists,
  overridesNameServices,
  overridesFitTheTarget,
  overriddenManifestsStayInside,
  fixedPortsAreNotShared,
];

const settings: Readonly<Record<TargetKind, readonly (keyof EnvironmentEntry)[]>> = {
  process: ['target', 'services'],
  docker: ['target', 'services', 'host', 'registry'],
  kubernetes: ['target', 'services', 'host', 'registry', 'context', 'namespace'],
};

function settingsFitTheTarget(configuration: Configuration, report: Report): void {
  for (const { source, name, environment, path } of environments(configuration)) {
    for (const key of Object.keys(environment) as (keyof EnvironmentEntry)[]) {
      if (settings[environment.target].includes(key)) continue;
      const owners = Object.keys(settings).filter((target) => settings[target as TargetKind].includes(key));
      report(
        source,
        [...path, key],
        `${key} is only for ${owners.join(' and ')}, not for ${environment.target}`,
        'key',
      );
    }
    if (environment.target !== 'kubernetes') continue;
    const missing = (['context', 'namespace'] as const).filter((key) => environment[key] === undefined);
    if (missing.length > 0) {
      report(
        source,
        path,
        `a kubernetes environment needs ${missing.join(' and ')}: ${name} has none`,
        'key',
      );
    }
  }
}

function defaultEnvironmentExists({ workspace }: Configuration, report: Report): void {
  if (!workspace?.content) return;
  const { defaultEnvironment: chosen, environments: all } = workspace.content;
  const names = Object.keys(all);
  if (chosen === undefined) {
    if (defaultEnvironment(names) !== undefined) return;
    report(workspace, [], `defaultEnvironment is missing: choose one of ${names.join(', ')}`);
  } else if (!names.includes(chosen)) {
    const help = nearest(chosen, names);
    const message = `there is no environment "${chosen}"${help ? `; did you mean "${help}"?` : `: ${names.join(', ')}`}`;
    report(workspace, ['defaultEnvironment'], message);
  }
}

function overridesNameServices(configuration: Configuration, report: Report): void {
  if (configuration.services.some(({ content }) => !content)) return;
  const known = readableServices(configuration).map(([, { name }]) => name);
  for (const { source, service, path } of overrides(configuration)) {
    if (known.includes(service)) continue;
    const meant = nearest(service, known);
    report(
      source,
      path,
      `there is no service "${service}"${meant ? `; did you mean "${meant}"?` : ''}`,
      'key',
    );
  }
}

function overridesFitTheTarget(configuration: Configuration, report: Report): void {
  const only = { manifests: 'kubernetes', ports: 'process' } as const;
  for (const { source, override, environment, path } of overrides(configuration)) {
    for (const [key, target] of Object.entries(only)) {
      if (!Object.hasOwn(override, key) || environment.target === target) continue;
      report(source, [...path, key], `${key} is only for ${target}, not for ${environment.target}`, 'key');
    }
  }
}

function overriddenManifestsStayInside(configuration: Configuration, report: Report): void {
  const folders = new Map(readableServices(configuration).map(([{ folder }, { name }]) => [name, folder]));
  for (const { source, service, override, path } of overrides(configuration)) {
    const folder = folders.get(service);
    if (!folder || override.manifests === undefined) continue;
    if (isOutside(configuration.folder, resolve(folder, override.manifests))) {
      report(source, [...path, 'manifests'], 'manifests must be inside the workspace');
    }
  }
}

function fixedPortsAreNotShared(configuration: Configuration, report: Report): void {
  const taken = new Map<string, string>();
  for (const { source, name, service, override, path } of overrides(configuration)) {
    for (const [kind, port] of Object.entries(override.ports ?? {})) {
      const user = taken.get(`${name}:${port}`);
      if (user) report(source, [...path, 'ports', kind], `port ${port} is taken by ${user}`);
      else taken.set(`${name}:${port}`, `${service}'s ${kind}`);
    }
  }
}

function environments({ workspace }: Configuration) {
  if (!workspace?.content) return [];
  const source: Source<WorkspaceFile> = workspace;
  return Object.entries(workspace.content.environments).map(([name, environment]) => ({
    source,
    name,
    environment,
    path: ['environments', name],
  }));
}

function overrides(configuration: Configuration) {
  return environments(configuration).flatMap(({ source, name, environment, path }) =>
    Object.entries(environment.services ?? {}).map(([service, override]) => ({
      source,
      name,
      environment,
      service,
      override,
      path: [...path, 'services', service],
    })),
  );
}
