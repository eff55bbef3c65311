import { ConnectError } from '../transport.ts';

/** A way to the server through another one. */
export interface ProxyServer {
  /** May hold a user and a password: for people there is `shownProxy`. */
  url: URL;
  /** The variable or the setting that names it, for people. */
  from: string;
}

/** What went wrong between us and the proxy, or was refused by it. */
export class ProxyError extends ConnectError {
  /** Of its answer, where it gave one. */
  readonly status?: number;
  /** Of the system, or of TLS. */
  readonly code?: string;

  constructor(message: string, { status, code }: Pick<ProxyError, 'status' | 'code'> = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const known = ['http:', 'https:', 'socks5:', 'socks5h:'];

/** An address, which without a scheme is that of an HTTP proxy; or else what is wrong with it, which does not quote it. */
export function readProxyUrl(text: string): { url: URL } | { wrong: string } {
  // `proxy:3128` could be read as a scheme and a path.
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url?.hostname || !isDecodable(url)) return { wrong: 'it is no URL of a proxy' };
  if (!known.includes(url.protocol))
    return { wrong: `its scheme is ${url.protocol.slice(0, -1)}, and has to be http, https or socks5` };
  return { url };
}

/** Without what nobody but the proxy shall see. */
export function shownProxy({ url: { protocol, host } }: ProxyServer): string {
  return `${protocol}//${host}`;
}

/** As they are sent; undefined where the address has none. */
export function credentialsOf({ url }: ProxyServer): { user: string; password: string } | undefined {
  const [user, password] = [url.username, url.password].map(decodeURIComponent) as [string, string];
  return user || password ? { user, password } : undefined;
}

function isDecodable({ username, password }: URL): boolean {
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}
