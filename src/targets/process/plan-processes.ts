import { randomBytes } from 'node:crypto';
import type { Change, FieldChange, Plan } from '../../core/change.ts';
import { ExpectedError } from '../../core/errors.ts';
import { callOrder } from '../../plan/call-order.ts';
import { readVariables } from '../../system/dotenv.ts';
import type { DesiredService, Scope } from '../target.ts';
import { choosePorts } from './choose-ports.ts';
import { type Draft, digestOf, draftOf, hashSecrets } from './draft.ts';
import { exitText, notRunning } from './judge.ts';
import { probeReadiness } from './probe.ts';
import { type ServiceView, viewService } from './service-view.ts';
import { fieldChanges, shortDigest } from './spec-diff.ts';
import { readState, type StatePaths } from './state-files.ts';
import { findSupervisor } from './supervisor-client.ts';

export const place = 'processes on this machine';

/** What would have to be done for these services to run as desired. Throws E_SECRET_MISSING and E_PORT_TAKEN (4). */
export async function planProcesses(
  desired: readonly DesiredService[],
  scope: Scope,
  paths: StatePaths,
): Promise<Plan> {
  const { ports, moved } = await choosePorts(desired, scope, paths);
  const drafts = desired.map((wanted) => draftOf(wanted, ports));
  requireSecrets(drafts);
  const supervisor = (await findSupervisor(paths)) !== undefined;
  const state = readState(paths);
  // Without state there is no spec to compare with, so any salt will do.
  const salt = typeof state === 'object' ? state.salt : randomBytes(8).toString('hex');
  const after = callOrder(drafts);
  const changes = await Promise.all(
    drafts.map(async (draft, index): Promise<Change> => {
      const view = viewService(paths, draft.service);
      const secrets = hashSecrets(draft, salt);
      const facts = { draft, view, secrets, supervisor, pending: desired[index]!.artifact.pending };
      const { action, fields, note } = await compare(facts);
      const notes = [moved[draft.service], note].filter(Boolean).join('; ');
      return {
        id: processId(draft.service),
        action,
        fields,
        ...(notes ? { note: notes } : {}),
        service: draft.service,
        after: after(draft.service).map(processId),
        desired: draft,
      };
    }),
  );
  return { version: 1, ...scope, place, changes };
}

export function processId(service: string): string {
  return `Process/${service}`;
}

interface Comparison {
  draft: Draft;
  view: ServiceView;
  secrets: Readonly<Record<string, string>>;
  supervisor: boolean;
  pending: boolean;
}

async function compare(facts: Comparison): Promise<Pick<Change, 'action' | 'fields' | 'note'>> {
  const { draft, view, secrets, supervisor, pending } = facts;
  if (!view.spec) return { action: 'create', fields: created(draft, pending) };
  const fields = fieldChanges(view.spec, draft, secrets, pending);
  const trouble = await whatIsWrong(view, supervisor);
  const outdated = digestOf(draft, secrets) !== view.spec.digest;
  if (outdated || trouble) return { action: 'update', fields, ...(trouble ? { note: trouble } : {}) };
  const rebuilt = pending ? 'its build output is gone: it will be built again' : undefined;
  return { action: 'none', fields: [], ...(rebuilt ? { note: rebuilt } : {}) };
}

/** Why a service whose spec is right has to be seen to all the same. */
async function whatIsWrong(view: ServiceView, supervisor: boolean): Promise<string | undefined> {
  const { spec, observed, alive } = view;
  const down = alive ? undefined : `not running: ${notRunning(observed?.attempts, false)}`;
  if (!supervisor) return [down, 'the supervisor was killed; it is started again'].filter(Boolean).join('; ');
  if (down) return down;
  if (observed?.process?.digest !== spec?.digest) return 'an older process still runs';
  if (!observed || observed.attempts.quickExits === 0) return undefined;
  const probe = await probeReadiness(observed.process!.ports.http);
  return 'status' in probe && probe.status === 200
    ? undefined
    : `it keeps ending: ${exitText(observed.attempts)}`;
}

function created(draft: Draft, pending: boolean): FieldChange[] {
  return [
    { path: 'build', after: pending ? 'will be built' : shortDigest(draft.build) },
    { path: 'run', after: draft.run.join(' ') },
    { path: 'ports', after: `http ${draft.ports.http}, admin ${draft.ports.admin}` },
  ];
}

function requireSecrets(drafts: readonly Draft[]): void {
  const missing = drafts.flatMap(({ service, secretNames, secretFiles }) =>
    readVariables(secretNames, secretFiles).missing.map((name) => ({ service, name, file: secretFiles[0]! })),
  );
  if (missing.length === 0) return;
  const [first] = missing;
  throw new ExpectedError({
    code: 'E_SECRET_MISSING',
    exit: 'notFound',
    message:
      missing.length === 1
        ? `${first!.service} needs the secret ${first!.name}, and no .env file has it`
        : `${missing.length} secrets are in no .env file`,
    where: [...new Set(missing.map(({ file }) => file))].join(', '),
    why: missing.map(
      ({ service, name }) => `${service}: ${name} is not set there, nor in the workspace's .env`,
    ),
    hints: missing.map(({ name, file }) => `add ${name}=… to ${file} (git must ignore it)`),
  });
}
