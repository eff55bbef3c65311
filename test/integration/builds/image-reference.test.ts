import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseReference } from '../../../src/builds/registry/image-reference.ts';
import { labSuite } from '../../support/lab.ts';
import { docker } from './build-fixtures.ts';

const piece = fc.constantFrom(
  'a',
  'b1',
  'A',
  '.',
  '-',
  '--',
  '_',
  '__',
  '___',
  '/',
  '//',
  ':',
  ':5000',
  ':t',
  '@',
  '@sha256:',
  'a'.repeat(64),
  '0'.repeat(63),
  'x.y',
  'localhost',
  '[::1]',
  '[',
  ' ',
  'é',
  'docker.io/',
  'index.docker.io',
);
const references = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

labSuite('registry push', ['dockerHost'], () => {
  it('references are accepted and refused as docker does', async () => {
    await fc.assert(
      fc.asyncProperty(references, async (reference) => {
        fc.pre(!reference.startsWith('-') && !reference.includes('@')); // an option; and `docker tag` takes no digests
        const said = await docker('tag', '--', 'no-such-image-here', reference).catch(
          (error: { stderr: string }) => error.stderr,
        );
        expect({ reference, accepted: parseReference(reference) !== undefined }).toEqual({
          reference,
          accepted: /No such image/i.test(said),
        });
      }),
      { numRuns: Number(process.env.REFERENCE_CASES ?? 60) },
    );
  }, 120_000);
});
