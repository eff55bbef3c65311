import { ExpectedError } from './errors.ts';

/** `E_MANIFEST` (3): every problem of every manifest, a line each that begins with its place. */
export function badManifests(problems: readonly string[], hints: readonly string[] = []): ExpectedError {
  return new ExpectedError({
    code: 'E_MANIFEST',
    exit: 'validation',
    message:
      problems.length === 1 ? 'a manifest is not valid' : `the manifests have ${problems.length} problems`,
    why: problems,
    hints,
  });
}
