import { ExpectedError } from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';
import type { Environment, Service, Workspace } from './model.ts';

/**
 * The named services, in the workspace's order; all when none is named.
 * Throws `E_NOT_FOUND` naming every unknown one, `E_NO_SERVICES` for an empty workspace.
 */
export function selectServices(workspace: Workspace, names: readonly string[]): readonly Service[] {
  const known = workspace.services.map(({ name }) => name);
  const selected = selectNames(known, names, workspace.name);
  return names.length === 0
    ? workspace.services
    : workspace.services.filter(({ name }) => selected.includes(name));
}

/** As `selectServices`, among names alone. */
export function selectNames(
  known: readonly string[],
  names: readonly string[],
  app: string,
): readonly string[] {
  if (known.length === 0) throw noServices(app);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw notFound('service', [...new Set(unknown)], known, app);
  return names.length === 0 ? known : known.filter((name) => names.includes(name));
}

function noServices(workspace: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_SERVICES',
    exit: 'notFound',
    message: `${workspace} has no services yet`,
    hints: ['cloudnative new orders        make one'],
  });
}

/** The named environment, or the default one. Throws `E_NOT_FOUND`. */
export function selectEnvironment(
  workspace: Workspace,
  name: string = workspace.defaultEnvironment,
): Environment {
  // Not by index alone: `constructor` is in every object.
  if (Object.hasOwn(workspace.environments, name)) return workspace.environments[name]!;
  throw notFound('environment', [name], Object.keys(workspace.environments), workspace.name);
}

/** `E_NOT_FOUND` for names of services or environments, with the nearest names that exist. */
export function notFound(
  kind: 'service' | 'environment',
  names: readonly string[],
  known: readonly string[],
  workspace: string,
): ExpectedError {
  const meant = names.flatMap((name) => {
    const candidate = nearest(name, known);
    return candidate ? [names.length > 1 ? `"${candidate}" for "${name}"` : `"${candidate}"`] : [];
  });
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return new ExpectedError({
    code: 'E_NOT_FOUND',
    exit: 'notFound',
    message: `${workspace} has no ${kind}${names.length > 1 ? 's' : ''} ${quoted}`,
    why: known.length > 0 ? `${kind}s there are: ${known.join(', ')}` : `there are no ${kind}s yet`,
    hints: meant.length > 0 ? [`did you mean ${meant.join(', ')}?`] : [],
  });
}
