import { ExpectedError } from '../../../core/errors.ts';
import type { KubectlCommand } from '../kubectl-command.ts';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** The API server's refusal of a request, with its own words. */
export class ApiError extends Error {
  readonly status: number;
  /** E.g. `NotFound`, `Conflict`, `Invalid`. */
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** Another try may succeed, without anything being different. */
  readonly passing: boolean;

  constructor(status: number, body: string) {
    const { kind, message, reason, details } = statusIn(body);
    super(message || body.trim().split('\n')[0]!.slice(0, 300) || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason ?? '';
    this.causes = details?.causes ?? [];
    // What the API server cannot decode it calls a failure of its own, but without a reason.
    const own =
      status === 500 && kind === 'Status' && !reason && !/etcd|leader|time(d )?out/i.test(this.message);
    this.passing = status === 429 || (status >= 500 && status !== 501 && !own);
  }
}

/** For refusals that mean the same whatever was asked: who we are, and what we may. Undefined for others. */
export function accessRefusal(
  error: ApiError,
  context: string,
  kubectl: KubectlCommand,
): ExpectedError | undefined {
  if (error.status === 401) {
    return new ExpectedError({
      code: 'E_AUTH',
      exit: 'auth',
      message: `the cluster does not accept the credentials of context ${context}`,
      why: error.message,
      hints: [`log in again, then check with: ${kubectl('auth whoami')}`],
    });
  }
  const denied = /User "([^"]*)" cannot (\S+) resource "([^"]+)"(.*)/s.exec(error.message);
  if (error.status !== 403 || !denied) return undefined;
  const [, user, verb, resource, rest] = denied;
  const group = /API group "([^"]+)"/.exec(rest!)?.[1];
  const namespace = /namespace "([^"]+)"/.exec(rest!)?.[1];
  const what = group ? `${resource}.${group}` : resource;
  const place = namespace ? `in namespace ${namespace}` : 'in the whole cluster';
  return new ExpectedError({
    code: 'E_FORBIDDEN',
    exit: 'auth',
    message: `${user} may not ${verb} ${what} ${place}`,
    where: `context ${context}`,
    hints: [
      `ask for a role that may, then check with: ${kubectl(`auth can-i ${verb} ${what}${namespace ? ` -n ${namespace}` : ''}`)}`,
    ],
  });
}

/** For what we have no right to. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ExpectedError && error.explanation.code === 'E_FORBIDDEN';
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function statusIn(body: string): {
  kind?: string;
  message?: string;
  reason?: string;
  details?: { causes?: StatusCause[] };
} {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
