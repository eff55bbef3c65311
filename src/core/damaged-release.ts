import { ExpectedError } from './errors.ts';
import type { DamagedRelease } from './release.ts';

/** E_RELEASE_DAMAGED (4). */
export function damagedRelease(
  { number, reason }: Pick<DamagedRelease, 'number' | 'reason'>,
  hints: readonly string[],
): ExpectedError {
  return new ExpectedError({
    code: 'E_RELEASE_DAMAGED',
    exit: 'notFound',
    message: `release ${number} is damaged`,
    why: reason,
    hints,
  });
}
