import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from '../../../../src/builds/command/run-build.ts';
import { readDotenv, readVariables } from '../../../../src/system/dotenv.ts';
import { listeners } from '../../../../src/system/ports.ts';
import { parseStat } from '../../../../src/system/process-identity.ts';
import { secretFilesOf } from '../../../../src/targets/process/draft.ts';
import { inheritedEnvironment } from '../../../../src/targets/process/inherited-environment.ts';
import { secretHash } from '../../../../src/targets/process/secret-hash.ts';

describe('parseStat', () => {
  it('finds state and start behind any name', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 15 }),
        fc.constantFrom('R', 'S', 'Z'),
        fc.nat(),
        (name, state, start) => {
          const fields = [state, ...Array.from({ length: 18 }, (_, index) => index), start, 22, 23];
          expect(parseStat(`4711 (${name}) ${fields.join(' ')}\n`)).toEqual({
            state,
            threads: 16,
            startTicks: String(start),
          });
        },
      ),
    );
  });

  it.each(['', '1 (x)', '1 (x) S 1 2 3', 'no stat'])('gives nothing for %j', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe('listeners', () => {
  it('are the listening sockets of just that port', () => {
    const row = (local: string, state: string, inode: number) =>
      `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  0 0 ${inode} 1 0`;
    const table = [
      '  sl  local_address',
      row('0100007F:4E20', '0A', 11),
      row('0100007F:4E20', '01', 12),
      row('00000000:4E21', '0A', 13),
      '',
    ];
    expect(listeners(table, 20_000)).toEqual(['11']);
    expect(listeners(table, 20_001)).toEqual(['13']);
    expect(listeners(table, 1)).toEqual([]);
  });
});

describe('secrets', () => {
  it('come from the first file that has the variable, and the missing ones are named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudnative-env-'));
    try {
      const [own, shared] = [join(folder, 'own'), join(folder, 'shared')];
      writeFileSync(own, '# mine\nA=1\nEMPTY=\n');
      writeFileSync(shared, 'A=2\nB="two words" # remark\nexport C=3\n');
      expect(
        readVariables(['A', 'B', 'C', 'D', 'EMPTY', 'toString'], [own, join(folder, 'none'), shared]),
      ).toEqual({
        values: { A: '1', B: 'two words', C: '3', EMPTY: '' },
        missing: ['D', 'toString'],
      });
      expect(readDotenv(join(folder, 'none'))).toBeUndefined();
      expect(() => readDotenv(folder)).toThrow('a .env file cannot be read');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have hashes that differ by value and salt', () => {
    expect(secretHash('a', 's')).toBe(secretHash('a', 's'));
    expect(new Set([secretHash('a', 's'), secretHash('b', 's'), secretHash('a', 't')]).size).toBe(3);
  });

  it.each([
    ['/ws/services/orders', 'services/orders', ['/ws/services/orders/.env', '/ws/.env']],
    ['/ws', '.', ['/ws/.env']],
    ['/ws/a', 'a', ['/ws/a/.env', '/ws/.env']],
  ])('of %s are looked for in its folder and the workspace', (folder, path, files) => {
    expect(secretFilesOf({ folder, path })).toEqual(files);
  });
});

describe('the inherited environment', () => {
  const all = {
    PATH: '/bin',
    Path: 'x',
    HOME: '/h',
    LANG: 'C',
    TZ: 'UTC',
    TMPDIR: '/t',
    SSL_CERT_DIR: '/c',
    NODE_EXTRA_CA_CERTS: '/n',
    AWS_KEY: 'k',
    SystemRoot: 'w',
    UNSET: undefined,
  };

  it('is the allow-list, by exact name', () => {
    expect(inheritedEnvironment(all, 'linux')).toEqual({
      PATH: '/bin',
      HOME: '/h',
      LANG: 'C',
      TZ: 'UTC',
      TMPDIR: '/t',
      SSL_CERT_DIR: '/c',
      NODE_EXTRA_CA_CERTS: '/n',
    });
    expect(inheritedEnvironment({ Path: 'x', SystemRoot: 'w', AWS_KEY: 'k' }, 'win32')).toEqual({
      Path: 'x',
      SystemRoot: 'w',
    });
  });
});

describe('a build command for people', () => {
  it.each([
    [['npm', 'ci', '--no-audit', '--no-fund'], 'npm ci'],
    [['npm', 'run', 'build'], 'npm run build'],
    [['go', 'build', '-trimpath', '-o', 'bin/x', './cmd'], 'go build'],
    [['--odd'], '--odd'],
  ])('%j is %s', (argv, text) => {
    expect(commandText(argv)).toBe(text);
  });
});
