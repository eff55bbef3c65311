import type { Basis, ChangeBasis } from '../../core/basis.ts';
import type { Plan } from '../../core/change.ts';
import { readVariables } from '../../system/dotenv.ts';
import type { Draft } from './draft.ts';
import { viewService } from './service-view.ts';
import type { StatePaths } from './state-files.ts';

/** Every deploy of a service gives its specification another generation, which stands for all that is in it. */
export function planBasis(plan: Plan, paths: StatePaths): Basis {
  return {
    changes: new Map(
      plan.changes.map(({ id, desired }): [string, ChangeBasis] => {
        const { reserved: _, ...draft } = desired as Draft;
        const uid = viewService(paths, draft.service).spec?.generation;
        const secrets = readVariables(draft.secretNames, draft.secretFiles).values;
        return [id, { ...(uid === undefined ? {} : { uid }), wanted: { ...draft, secrets } }];
      }),
    ),
  };
}
