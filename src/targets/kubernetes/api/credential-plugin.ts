import { ExpectedError } from '../../../core/errors.ts';
import { runLimited } from '../../../system/run-limited.ts';

/** How a kubeconfig names the program that gets a user's credentials. */
export interface CredentialPlugin {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
}

/** What it answered: a token, or a certificate and its key, in PEM. */
export interface Credential {
  token?: string;
  certificate?: string;
  key?: string;
}

export interface PluginOptions {
  user: string;
  /** The kubeconfig files, for people. */
  where: string;
  /** Milliseconds. */
  within: number;
  /** Any of them ends it. */
  signals: readonly AbortSignal[];
}

/**
 * Runs a credential plugin, which gets no input. Throws E_AUTH (6) when it fails or takes too long, and a signal's reason once that is
 * aborted; in both cases its process has been ended.
 */
export async function askPlugin(
  { apiVersion, command = '', args, env }: CredentialPlugin,
  { user, where, within, signals }: PluginOptions,
): Promise<Credential> {
  // Plugins are promised this variable; without it some refuse to work, and others would ask questions.
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const given = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  const variables = { ...given, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const run = await runLimited(command, args ?? [], { env: variables, within, signals });
  if (run.end === 'late') throw failed(`it did not answer within ${within / 1000} s, and was ended`);
  if (run.end === 'missing') throw failed(`there is no program ${command}`);
  if (run.end === 'unstarted') throw failed('it is no program that can be run');
  if (run.end === 'failed')
    throw failed(lastLines(run.stderr) ?? `it ended with exit code ${run.exitCode ?? 'none'}`);
  const credential = credentialIn(run.stdout, apiVersion);
  if (!credential) throw failed('it did not answer with an ExecCredential');
  return credential;

  function failed(why: string | readonly string[]): ExpectedError {
    return new ExpectedError({
      code: 'E_AUTH',
      exit: 'auth',
      message: `the credential plugin ${command} of user ${user} failed`,
      where,
      why,
      hints: ['log in as its documentation says, then repeat the command'],
    });
  }
}

/** Undefined for what is none. Nothing of it is ever told: it may be the token. */
function credentialIn(text: string, apiVersion: string | undefined): Credential | undefined {
  const answer = parsed(text) as
    | { kind?: unknown; apiVersion?: unknown; status?: unknown }
    | null
    | undefined;
  if (answer?.kind !== 'ExecCredential' || answer.apiVersion !== apiVersion) return undefined;
  const { token, clientCertificateData, clientKeyData } = (answer.status ?? {}) as Record<string, unknown>;
  const known = {
    token: filled(token),
    certificate: filled(clientCertificateData),
    key: filled(clientKeyData),
  };
  const isWhole = (known.certificate === undefined) === (known.key === undefined);
  return isWhole && (known.token ?? known.certificate) !== undefined ? known : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function filled(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function lastLines(text: string): string[] | undefined {
  return text.trim() === '' ? undefined : text.trim().split('\n').slice(-5);
}
