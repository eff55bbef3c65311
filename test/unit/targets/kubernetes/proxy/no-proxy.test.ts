import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExempt } from '../../../../../src/targets/kubernetes/api/proxy/no-proxy.ts';

/** By the rules of Go: whether `https://host:port` is reached without the proxy. */
test.each([
  ['', 'foo.com', 443, false],
  ['', 'localhost', 6443, true],
  ['', '127.8.8.8', 6443, true],
  ['', '::1', 443, true],
  ['', '::ffff:7f00:1', 443, true],
  ['', 'a.localhost', 443, false],
  ['', '0.0.0.0', 443, false],
  ['*', 'foo.com', 443, true],
  ['a.b, * ,c', '10.0.0.1', 443, true],
  ['*.*', 'foo.com', 443, false],
  ['foo.com', 'foo.com', 443, true],
  ['foo.com', 'a.b.foo.com', 443, true],
  ['foo.com', 'evilfoo.com', 443, false],
  ['FOO.com', 'foo.COM', 443, true],
  ['.foo.com', 'foo.com', 443, false],
  ['.foo.com', 'a.foo.com', 443, true],
  ['*.foo.com', 'foo.com', 443, false],
  ['*.foo.com', 'a.foo.com', 443, true],
  ['*foo.com', 'foo.com', 443, false],
  ['foo.*', 'foo.com', 443, false],
  ['..foo.com', 'a.foo.com', 443, false],
  ['foo.com.', 'foo.com', 443, false],
  ['http://foo.com', 'foo.com', 443, false],
  ['foo.com/', 'foo.com', 443, false],
  ['foo.com:443', 'foo.com', 443, true],
  ['foo.com:443', 'foo.com', 6443, false],
  ['foo.com:', 'foo.com', 6443, true],
  ['.foo.com:6443', 'a.foo.com', 6443, true],
  [':443', 'foo.com', 443, false],
  ['bar.com,\tfoo.com ', 'foo.com', 443, true],
  ['10.0.0.1', '10.0.0.1', 443, true],
  ['10.0.0.1:6443', '10.0.0.1', 443, false],
  ['10.0.0.1:6443', '10.0.0.1', 6443, true],
  ['10.0.0', '10.0.0.1', 443, false],
  ['010.0.0.1', '10.0.0.1', 443, false],
  ['10.0.0.0/8', '10.1.2.3', 443, true],
  ['10.1.2.3/8', '10.9.9.9', 443, true],
  ['10.0.0.0/08', '10.1.2.3', 443, true],
  ['10.0.0.0/33', '10.0.0.0', 443, false],
  ['10.0.0.0/8:443', '10.0.0.1', 443, false],
  ['10.0.0.0/8', 'foo.com', 443, false],
  ['0.0.0.0/0', 'fd00::2', 443, false],
  ['::/0', '10.0.0.1', 443, false],
  ['fd00::/16', 'fd00::2', 443, true],
  ['fd00::2', 'fd00::2', 443, true],
  ['[fd00::2]:443', 'fd00::2', 443, true],
  ['[fd00::2]:443', 'fd00::2', 6443, false],
  ['[fd00::2]', 'fd00::2', 443, false],
  ['fe80::1%eth0', 'fe80::1', 443, false],
  ['::ffff:10.0.0.1', '10.0.0.1', 443, true],
  ['10.0.0.0/8', '::ffff:a00:1', 443, true],
  ['10.0.0.1', '::ffff:a00:1', 443, true],
  ['münchen.de', 'x.xn--mnchen-3ya.de', 443, true],
  ['.münchen.de', 'xn--mnchen-3ya.de', 443, false],
])('%j: %s port %i: %j', (list, host, port, exempt) => {
  expect(isExempt(list, host, port)).toBe(exempt);
});

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const port = fc.integer({ min: 1, max: 65_535 });
const address = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter((number) => number >>> 24 !== 127);
const dotted = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
/** Such as people also have in their lists. */
const others = fc.array(fc.oneof(domain, address.map(dotted), fc.constant(' ')), { maxLength: 4 });

test('a name stands for itself and what is below it, with a dot before it only for that', () => {
  fc.assert(
    fc.property(domain, domain, port, (host, other, number) => {
      const isBelow = host.endsWith(`.${other}`);
      expect(isExempt(other, host, number)).toBe(host === other || isBelow);
      for (const lead of ['.', '*.']) expect(isExempt(lead + other, host, number)).toBe(isBelow);
      expect(isExempt(host, `x.${host}`, number)).toBe(true);
      expect(isExempt(host, `x${host}`, number)).toBe(false);
    }),
  );
});

test('a subnet holds the addresses that share its first bits', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 32 }), address, port, (net, bits, random, number) => {
      const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
      const near = ((net & mask) | (random & ~mask)) >>> 0;
      for (const host of [random, near].filter((one) => one >>> 24 !== 127))
        expect(isExempt(`${dotted(net)}/${bits}`, dotted(host), number)).toBe(
          (host & mask) >>> 0 === (net & mask) >>> 0,
        );
    }),
  );
});

test('one entry that matches is enough, wherever it is in the list and however it is written', () => {
  fc.assert(
    fc.property(
      others,
      others,
      fc.oneof(domain, address.map(dotted)),
      port,
      (before, after, host, number) => {
        const list = [...before, ` ${host.toUpperCase()}:${number}\t`, ...after].join(',');
        expect(isExempt(list, host, number)).toBe(true);
      },
    ),
  );
});

test('an entry with a port says nothing of other ports', () => {
  fc.assert(
    fc.property(fc.oneof(domain, address.map(dotted)), port, port, (host, listed, asked) => {
      expect(isExempt(`${host}:${listed}`, host, asked)).toBe(listed === asked);
    }),
  );
});

test('whatever is in the list, it is read', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.oneof(domain, address.map(dotted)),
      port,
      (list, host, number) => {
        expect(typeof isExempt(list, host, number)).toBe('boolean');
      },
    ),
  );
});
