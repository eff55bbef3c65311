import type { Selector } from '../core/label-selector.ts';

/** Which pods of one namespace an app has. */
export interface PodSelection extends Selector {
  namespace: string;
  matchLabels: Readonly<Record<string, string>>;
}
