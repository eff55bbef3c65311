import { ExpectedError } from '../../core/errors.ts';
import { readVariables } from '../../system/dotenv.ts';
import type { ContainerSpec, SecretValues } from './spec.ts';

/** The values of each spec's secrets as the files have them now. Throws E_SECRET_MISSING (4) naming all that no file has. */
export function readSecrets(specs: readonly ContainerSpec[]): Map<string, SecretValues> {
  const missing: { service: string; name: string; file: string }[] = [];
  const found = specs.map(({ service, secrets, secretFiles }): [string, SecretValues] => {
    const { values, missing: absent } = readVariables(secrets, secretFiles);
    missing.push(...absent.map((name) => ({ service, name, file: secretFiles[0]! })));
    return [service, values];
  });
  const [first] = missing;
  if (!first) return new Map(found);
  throw new ExpectedError({
    code: 'E_SECRET_MISSING',
    exit: 'notFound',
    message:
      missing.length === 1
        ? `${first.service} needs the secret ${first.name}, and no .env file has it`
        : `${missing.length} secrets are in no .env file`,
    where: [...new Set(missing.map(({ file }) => file))].join(', '),
    why: missing.map(
      ({ service, name }) => `${service}: ${name} is not set there, nor in the workspace's .env`,
    ),
    hints: missing.map(({ name, file }) => `add ${name}=… to ${file} (git must ignore it)`),
  });
}
