import { dirname } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { readSavedPlan, type Unreadable } from '../plan/read-saved-plan.ts';
import type { SavedPlan } from '../plan/saved-plan.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { isFolder, readLimited } from '../system/limited-file.ts';
import { writeError } from '../system/write-error.ts';

/** Bytes. A plan that changes 5,000 objects in 20 fields each has a fifth of it. */
const longest = 32_000_000;

/** Throws E_NO_PLAN (4), E_FILE (4), E_PLAN_FILE (3) and E_PLAN_VERSION (3). */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  const text = await readLimited(path, longest);
  if (text === undefined) throw noPlan(path);
  const plan = readSavedPlan(text);
  if ('kind' in plan) throw unusable(path, plan);
  return plan;
}

/** Throws E_EXISTS (5) where a file would be lost that is no saved plan, and E_WRITE (1) where there is no folder for one. */
export async function checkPlanFile(path: string): Promise<void> {
  const text = await readLimited(path, longest);
  if (text === undefined && !(await isFolder(dirname(path)))) throw noFolder(path);
  if (!text) return; // `mktemp` makes an empty one
  const plan = readSavedPlan(text);
  if (!('kind' in plan) || plan.kind === 'version') return;
  throw new ExpectedError({
    code: 'E_EXISTS',
    exit: 'conflict',
    message: `${path} is there already, and is not a saved plan`,
    why: plan.why,
    hints: ['choose another name, or remove the file first'],
  });
}

/** For the owner alone. Throws E_WRITE (1). */
export function writePlanFile(path: string, plan: SavedPlan): void {
  const text = `${JSON.stringify(plan, null, 2)}\n`;
  if (Buffer.byteLength(text) > longest) throw tooLong(path);
  try {
    writeFileAtomic(path, text);
  } catch (error) {
    throw writeError(path, error);
  }
}

function tooLong(path: string): ExpectedError {
  return new ExpectedError({
    code: 'E_WRITE',
    exit: 'failure',
    message: 'this plan is too long to be saved',
    where: path,
    why: `it would have more than ${longest / 1_000_000} MB`,
    hints: ['save a plan for each service: name it'],
  });
}

function noPlan(path: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_PLAN',
    exit: 'notFound',
    message: `there is no ${path}`,
    hints: [`cloudnative plan --out ${path}        saves a plan`],
  });
}

function noFolder(path: string): ExpectedError {
  return new ExpectedError({
    code: 'E_WRITE',
    exit: 'failure',
    message: `cannot write ${path}`,
    why: `there is no folder ${dirname(path)}`,
  });
}

function unusable(path: string, { kind, why }: Unreadable): ExpectedError {
  const newer = kind === 'version';
  return new ExpectedError({
    code: newer ? 'E_PLAN_VERSION' : 'E_PLAN_FILE',
    exit: 'validation',
    message: {
      foreign: `${path} is not a saved plan`,
      damaged: `${path} is damaged`,
      version: `${path} is of another version`,
    }[kind],
    why,
    hints: ['make it anew with cloudnative plan --out, with this version of cloudnative'],
  });
}
