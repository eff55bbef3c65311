import type { FieldChange } from '../../core/change.ts';
import type { Draft } from './draft.ts';
import type { Spec } from './state-files.ts';

/** What differs between a service's spec and what is wanted, for people. Values of secrets are not known here. */
export function fieldChanges(
  spec: Spec,
  draft: Draft,
  secrets: Readonly<Record<string, string>>,
  pending: boolean,
): FieldChange[] {
  const fields: FieldChange[] = [];
  const compare = (path: string, before: string | undefined, after: string | undefined) => {
    if (before !== after) fields.push({ path, before, after });
  };
  if (spec.build !== draft.build)
    fields.push({
      path: 'build',
      before: shortDigest(spec.build),
      after: pending ? 'will be built' : shortDigest(draft.build),
    });
  compare('run', spec.run.join(' '), draft.run.join(' '));
  compare('folder', spec.folder, draft.folder);
  compare('ports.http', String(spec.ports.http), String(draft.ports.http));
  compare('ports.admin', String(spec.ports.admin), String(draft.ports.admin));
  for (const name of names(spec.env, draft.env)) compare(`env.${name}`, spec.env[name], draft.env[name]);
  for (const name of names(spec.secrets, secrets))
    if (spec.secrets[name] !== secrets[name]) fields.push({ path: `env.${name}`, secret: true });
  return fields;
}

/** The beginning of a digest: enough to tell two builds apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

function names(...records: Readonly<Record<string, string>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}
