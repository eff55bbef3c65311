import { expect, test } from 'vitest';
import { ExpectedError } from '../../../../src/core/errors.ts';
import { ApiError } from '../../../../src/targets/kubernetes/api/api-error.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { type LogRead, readLog } from '../../../../src/targets/kubernetes/observe/container-log-stream.ts';

const source = { path: '/api/v1/namespaces/shop/pods/orders/log', container: 'orders' };
const at = (second: number, text: string) => `2026-01-01T00:00:0${second}.5Z ${text}`;

/** Each answer is what one request gives: text in pieces, then an error if there is one. */
async function read(answers: { pieces: string[]; error?: Error }[], how: LogRead = { follow: true }) {
  const queries: Record<string, string | undefined>[] = [];
  const lines: string[] = [];
  const position = { last: '' };
  const text = async ({ query, onData }: { query: Record<string, string>; onData(text: string): void }) => {
    queries.push(query);
    const { pieces, error } = answers.shift()!;
    pieces.forEach(onData);
    if (error) throw error;
  };
  const found = await readLog(
    source,
    how,
    position,
    { api: { text } as unknown as Cluster['api'] },
    new AbortController().signal,
    (line) => lines.push(line.text),
  );
  return { found, lines, position, queries };
}

const broken = new ExpectedError({ code: 'E_UNREACHABLE', exit: 'unreachable', message: 'broken' });

test('lines come whole however they were cut', async () => {
  const { lines, found, position } = await read([
    { pieces: [`${at(1, 'one')}\n${at(2, 't')}`, `wo\n${at(3, '')}\n`, at(4, 'no end')] },
  ]);
  expect(lines).toEqual(['one', 'two', '', 'no end']);
  expect(found).toBe(true);
  expect(position.last).toBe('2026-01-01T00:00:04.5Z');
});

test('a stream that broke goes on after the last line, without those of its second that came', async () => {
  const { lines, queries } = await read([
    { pieces: [`${at(1, 'one')}\n${at(2, 'two')}\n2026-01-01T00:0`], error: broken },
    { pieces: [`${at(2, 'two')}\n${at(3, 'three')}\n`] },
  ]);
  expect(lines).toEqual(['one', 'two', 'three']);
  expect(queries[1]).toMatchObject({ sinceTime: '2026-01-01T00:00:02Z' });
});

test('what the node says in place of a log that it does not find is no line, and hides none that come later', async () => {
  const { lines, found, position } = await read([
    { pieces: ['unable to retrieve container logs for containerd://0123'] },
  ]);
  expect(lines).toEqual([]);
  expect(found).toBe(false);
  expect(position.last).toBe('');
});

test('a container that cannot tell any more has been read', async () => {
  const { found } = await read([{ pieces: [], error: new ApiError(404, '{}') }]);
  expect(found).toBe(true);
});
