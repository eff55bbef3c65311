import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/**
 * Whether a server is to be reached without a proxy by what NO_PROXY says, read as Go reads it. Loopback addresses and localhost always are.
 * `host` is as in a URL, an IPv6 address without its brackets.
 */
export function isExempt(list: string, host: string, port: number): boolean {
  if (host === 'localhost' || (isIP(host) && isIn(loopback, host))) return true;
  const server = ofOneForm(host.toLowerCase());
  return list.split(',').some((entry) => matches(entry.trim().toLowerCase(), server, port));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  const subnet = subnetOf(entry);
  if (subnet) return subnet.family === isIP(host) && isIn(subnet.list, host);
  const [name, only] = hostAndPort(entry);
  if (only !== '' && only !== String(port)) return false;
  if (isAddress(name)) return isIP(host) > 0 && isIn(listOf(name), host);
  return isIP(host) === 0 && isOfDomain(host, name);
}

/** An IPv4 address in the form of an IPv6 address is the same address. */
function ofOneForm(host: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const parts = [high, low].flatMap((part) => {
    const number = Number.parseInt(part, 16);
    return [number >> 8, number & 255];
  });
  return parts.join('.');
}

/** `10.0.0.0/8`; undefined for what is none. */
function subnetOf(entry: string): { list: BlockList; family: number } | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  const bits = Number(digits);
  if (!isAddress(address) || bits > (isIP(address) === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, bits, familyOf(address));
  return { list, family: isIP(address) };
}

/** `host:443` and `[fd00::1]:443`; what has no port, or is an IPv6 address without one, stays whole. */
function hostAndPort(entry: string): [host: string, port: string] {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? [];
  return port === undefined ? [entry, ''] : [bracketed ?? plain!, port];
}

/** A name stands for itself and all below it; `.name` and `*.name` only for what is below. */
function isOfDomain(host: string, name: string): boolean {
  const [, lead, rest] = /^(\*?\.)?(.*)$/s.exec(name)!;
  const domain = /^\p{ASCII}*$/u.test(rest!) ? rest : domainToASCII(rest!);
  if (domain === '') return false;
  return host.endsWith(`.${domain}`) || (lead === undefined && host === domain);
}

function listOf(address: string): BlockList {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

function isAddress(text: string): boolean {
  return isIP(text) > 0 && !text.includes('%');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
