export interface Destination {
  /** Without the brackets of an IPv6 address. */
  host: string;
  port: number;
}

/** Where the server of an http or https address listens. */
export function placeOf({ protocol, hostname, port }: URL): Destination {
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: bareHost(hostname), port: Number(port) || usual };
}

/** A URL has IPv6 addresses in brackets, and nothing else wants them so. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
