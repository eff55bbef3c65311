import type { Builder } from './builder.ts';

/** For manifests that name the images they run: nothing is built, and images stay as they are written. */
export const nothingToBuild: Builder = {
  find: async () => ({ kind: 'none', pending: false }),
  build: async () => ({ artifact: { kind: 'none', pending: false }, detail: '', skipped: true }),
};
