import { ExpectedError, type Explanation } from '../core/errors.ts';
import { plainText } from '../core/terminal-text.ts';

/** The engine answered, and said no. */
export class EngineRefusal extends ExpectedError {
  /** Of HTTP. */
  readonly status: number;

  constructor(explanation: Explanation, status: number) {
    super(explanation);
    this.status = status;
  }
}

/** Whether the engine said that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof EngineRefusal && error.status === 404;
}

/** Whether what was asked for is so already, or collides with what is there. */
export function isConflict(error: unknown): boolean {
  return error instanceof EngineRefusal && (error.status === 409 || error.status === 304);
}

interface Failure extends Error {
  code?: string;
  syscall?: string;
  statusCode?: number;
  json?: unknown;
}

/**
 * What a failed call means to a person: E_UNREACHABLE (9) when the engine did not answer, EngineRefusal with the engine's own
 * words when it did. Other errors, which are ours, are returned as they are.
 */
export function engineFailure(error: unknown, address: string): unknown {
  if (error instanceof ExpectedError || !(error instanceof Error)) return error;
  const failure = error as Failure;
  if (failure.statusCode) return refusal(failure, failure.statusCode, address);
  const connecting = failure.syscall === 'connect';
  if (connecting && failure.code === 'EACCES')
    return unreachable(failure, address, 'this user may not open its socket', allowed);
  if (connecting || lost.has(failure.code ?? ''))
    return unreachable(failure, address, reasons[failure.code ?? ''] ?? plainText(failure.message), running);
  if (/^(ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_SSL|EPROTO)/.test(failure.code ?? ''))
    return unreachable(failure, address, plainText(failure.message), certificates);
  return error;
}

const lost = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'HPE_INVALID_CONSTANT',
]);

const reasons: Record<string, string> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it ended the connection before it had answered',
  EPIPE: 'it ended the connection before it had answered',
  ETIMEDOUT: 'it does not answer',
  ENOTFOUND: 'there is no such host',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP; perhaps it wants TLS',
};

const running = [
  'is Docker running? docker info asks the same engine',
  'set host: of the environment, or DOCKER_HOST, when it is elsewhere',
];
const allowed = [
  'sudo usermod -aG docker $USER, then log in again',
  'or run a rootless engine and set DOCKER_HOST to its socket',
];
const certificates = ['check DOCKER_TLS_VERIFY and DOCKER_CERT_PATH (ca.pem, cert.pem, key.pem)'];

function unreachable(cause: Error, address: string, why: string, hints: readonly string[]): ExpectedError {
  return new ExpectedError({
    code: 'E_UNREACHABLE',
    exit: 'unreachable',
    message: 'the Docker engine cannot be reached',
    where: address,
    why,
    hints,
    cause,
  });
}

function refusal(failure: Failure, status: number, address: string): EngineRefusal {
  const body = failure.json as { message?: unknown } | undefined;
  const said =
    typeof body?.message === 'string'
      ? body.message
      : failure.message.replace(/^\(HTTP code \d+\) [^-]* - /, '');
  const why = plainText(said).trim();
  const full = /no space left on device/i.test(why);
  return new EngineRefusal(
    {
      code: full ? 'E_ENGINE_FULL' : 'E_ENGINE_REFUSED',
      exit: status === 409 ? 'conflict' : 'failure',
      message: full ? "the Docker engine's disk is full" : 'the Docker engine refused',
      where: address,
      why,
      hints: full ? ['docker system df shows what takes the space, docker builder prune frees some'] : [],
      cause: failure,
    },
    status,
  );
}

export function engineOutdated(address: string, version: string): ExpectedError {
  return new ExpectedError({
    code: 'E_ENGINE_VERSION',
    exit: 'notFound',
    message: `Docker ${plainText(version)} is too old`,
    where: address,
    why: 'Docker 20.10 or newer is needed',
  });
}
