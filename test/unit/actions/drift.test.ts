import { expect, test } from 'vitest';
import { driftOf } from '../../../src/actions/drift.ts';
import type { Standing } from '../../../src/actions/records-of.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { ExitKind } from '../../../src/core/exit-codes.ts';
import type { Release } from '../../../src/core/release.ts';
import type { Records } from '../../../src/targets/records.ts';
import type { Environment } from '../../../src/workspace/model.ts';

const environment = { name: 'staging' } as Environment;
const live = { number: 8 } as Release;

/** A place whose way back is refused. */
function refusing(exit: ExitKind) {
  const planRollback = () =>
    Promise.reject(new ExpectedError({ code: 'E_X', exit, message: 'no', where: '  Service/web' }));
  return { target: { records: { planRollback } as unknown as Records }, environment };
}

test('without a live release, or after a run that did not end well, there is no drift to tell', async () => {
  const later = { ...live, number: 9 } as Standing['later'];
  expect(await driftOf({}, refusing('failure'))).toBeUndefined();
  expect(await driftOf({ live, later }, refusing('failure'))).toBeUndefined();
  expect(await driftOf({ live }, { target: {}, environment })).toBeUndefined();
});

test('what cannot be planned is not known, unless nothing can be asked at all', async () => {
  const unknown = { release: 8, resources: [], unknown: 'no (Service/web)' };
  expect(await driftOf({ live }, refusing('conflict'))).toEqual(unknown);
  await expect(driftOf({ live }, refusing('unreachable'))).rejects.toThrow('no');
});
