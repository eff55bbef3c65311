import type { Language } from '../workspace/model.ts';

/** The file of a new service where its owner's code goes, relative to its folder. */
export const readFirst: Readonly<Record<Language, string>> = {
  ts: 'src/service/items.ts',
  go: 'internal/service/items.go',
};
