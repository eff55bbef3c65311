import { relative, resolve } from 'node:path';
import { isOutside } from '../core/is-outside.ts';
import { nearest } from '../core/suggest.ts';
import { callCycles } from './call-cycles.ts';
import type { Configuration, Source } from './configuration.ts';
import { defaultPorts } from './defaults.ts';
import { type Report, type Rule, readableServices } from './rule.ts';

export const serviceRules: readonly Rule[] = [
  namesAreUnique,
  portsDiffer,
  callsAreKnown,
  callsHaveNoCircle,
  pathsStayInside,
];

function namesAreUnique(configuration: Configuration, report: Report): void {
  const seen = new Map<string, Source<unknown>>();
  for (const [source, { name }] of readableServices(configuration)) {
    const first = seen.get(name);
    if (!first) seen.set(name, source);
    else {
      const where = relative(configuration.folder, first.file);
      report(source, ['name'], `"${name}" is the name of another service, in ${where}`);
    }
  }
}

function portsDiffer(configuration: Configuration, report: Report): void {
  for (const [source, { ports }] of readableServices(configuration)) {
    const { http, admin } = { ...defaultPorts, ...ports };
    if (http === admin) report(source, ['ports'], `ports.http and ports.admin must differ, both are ${http}`);
  }
}

function callsAreKnown(configuration: Configuration, report: Report): void {
  // The name of a broken file cannot be told from an unknown one.
  if (configuration.services.some(({ content }) => !content)) return;
  const services = readableServices(configuration);
  const known = services.map(([, { name }]) => name);
  for (const [source, { name, calls = [] }] of services) {
    for (const [index, callee] of calls.entries()) {
      const at = ['calls', index];
      if (callee === name) report(source, at, `${name} calls itself`);
      else if (calls.indexOf(callee) < index) report(source, at, `"${callee}" is listed twice`);
      else if (!known.includes(callee)) report(source, at, unknownCallee(callee, known, configuration));
    }
  }
}

function unknownCallee(callee: string, known: readonly string[], { workspace }: Configuration): string {
  if (!workspace) return `"${callee}" cannot be called: a service without a workspace is alone`;
  const meant = nearest(callee, known);
  return `the workspace has no service "${callee}"${meant ? `; did you mean "${meant}"?` : ''}`;
}

/** A service starts after those it calls, which a circle makes impossible. */
function callsHaveNoCircle(configuration: Configuration, report: Report): void {
  const services = readableServices(configuration);
  const calls = new Map(services.map(([, { name, calls: callees = [] }]) => [name, callees]));
  for (const cycle of callCycles(calls)) {
    const [source, { calls: callees = [] }] = services.find(([, { name }]) => name === cycle[0])!;
    const circle = [...cycle, cycle[0]].join(' → ');
    const message = `services call each other in a circle: ${circle}; drop a call and give that address in env`;
    report(source, ['calls', callees.indexOf(cycle[1]!)], message);
  }
}

function pathsStayInside(configuration: Configuration, report: Report): void {
  for (const [source, { image, kubernetes }] of readableServices(configuration)) {
    for (const key of ['context', 'dockerfile'] as const) {
      const path = image?.[key];
      if (path !== undefined && isOutside(source.folder, resolve(source.folder, path))) {
        report(source, ['image', key], `image.${key} must be inside the service's folder`);
      }
    }
    const manifests = kubernetes?.manifests;
    if (manifests !== undefined && isOutside(configuration.folder, resolve(source.folder, manifests))) {
      report(source, ['kubernetes', 'manifests'], 'kubernetes.manifests must be inside the workspace');
    }
  }
}
