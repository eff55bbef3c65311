import { badManifests, type ManifestProblem, problemLine } from '../core/bad-manifests.ts';
import type { Emit } from '../core/events.ts';
import type { Manifest, ReadFolder } from '../core/kubernetes-object.ts';
import { mapLimit } from '../core/limit.ts';
import {
  byPlace,
  type CheckOptions,
  checkManifests,
  locateFindings,
  type ManifestFinding,
  type Problem,
  problemText,
} from '../policy/check-manifests.ts';

/** A folder of manifests, and what its templates may fill in. */
export interface CheckedFolder {
  folder: string;
  release: { name: string; namespace: string; recursive?: boolean };
}

export interface CheckReport {
  objects: number;
  files: number;
  errors: number;
  warnings: number;
  /** In the order of files and lines. */
  problems: readonly Problem[];
}

interface CheckDeps {
  readFolder: ReadFolder;
}

/** Everything that is wrong with the manifests of some folders, which are judged together. Asks no cluster. */
export async function check(
  { folders, ...options }: { folders: readonly CheckedFolder[] } & CheckOptions,
  deps: CheckDeps,
): Promise<CheckReport> {
  const { manifests, unreadable, findings } = await judge(folders, options, deps);
  const problems = [...unreadable.map(readingProblem), ...(await locateFindings(findings))].sort(byPlace);
  const count = (severity: Problem['severity']) => problems.filter((one) => one.severity === severity).length;
  return {
    objects: manifests.length,
    files: new Set([...manifests, ...unreadable].map(({ file }) => file)).size,
    errors: count('error'),
    warnings: count('warning'),
    problems,
  };
}

/** The same before a deploy or a plan: throws E_MANIFEST (3) with all errors, and tells of warnings in few lines. */
export async function checkFirst(
  folders: readonly CheckedFolder[],
  { readFolder, emit }: CheckDeps & { emit: Emit },
): Promise<void> {
  const { unreadable, findings } = await judge(folders, {}, { readFolder });
  const errors = await locateFindings(findings.filter(({ severity }) => severity === 'error'));
  if (errors.length + unreadable.length > 0)
    throw badManifests([...unreadable.map(problemLine), ...errors.map(problemText)]);
  for (const message of shortWarnings(findings)) emit({ type: 'warning', message });
}

async function judge(
  folders: readonly CheckedFolder[],
  options: CheckOptions,
  { readFolder }: CheckDeps,
): Promise<{ manifests: Manifest[]; unreadable: ManifestProblem[]; findings: ManifestFinding[] }> {
  const read = await mapLimit(folders, 4, ({ folder, release }) => readFolder(folder, release));
  const manifests = read.flatMap((one) => one.manifests);
  const unreadable = read.flatMap((one) => one.problems);
  return { manifests, unreadable, findings: await checkManifests(manifests, options) };
}

function readingProblem({ file, line = 1, column = 1, message }: ManifestProblem): Problem {
  return { severity: 'error', rule: 'unreadable', file, line, column, object: '', field: '', message };
}

const shown = 3;

/** Pod Security as one line; of the others the first few. */
function shortWarnings(findings: readonly ManifestFinding[]): string[] {
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const isAdvice = ({ rule }: ManifestFinding) => rule.startsWith('pod-security-');
  const advised = new Set(warnings.filter(isAdvice).map(nameOf));
  const others = warnings.filter((one) => !isAdvice(one));
  const lines = others.slice(0, shown).map((one) => `${nameOf(one)}: ${one.path.join('.')} ${one.message}`);
  if (others.length > shown)
    lines.push(`${others.length - shown} more warnings: cloudnative check shows them`);
  if (advised.size > 0) {
    const [first, ...rest] = advised;
    const who = rest.length > 0 ? `${first} and ${rest.length} more` : first;
    lines.push(`${who} would not pass Pod Security restricted: cloudnative check shows why`);
  }
  return lines;
}

function nameOf({ manifest: { object } }: ManifestFinding): string {
  return `${object.kind}/${object.metadata.name}`;
}
