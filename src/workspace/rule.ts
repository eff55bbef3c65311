import type { Path } from '../core/yaml-document.ts';
import type { Configuration, ServiceFile, Source } from './configuration.ts';

/** What a schema cannot say. Looks only at files that are as their schema wants them. */
export type Rule = (configuration: Configuration, report: Report) => void;

/** Notes what is wrong at a path of a file: with its value, or with the key itself. */
export type Report = (source: Source<unknown>, path: Path, message: string, at?: 'key') => void;

/** Services whose file is as its schema wants it. */
export function readableServices({ services }: Configuration): [Source<ServiceFile>, ServiceFile][] {
  return services.flatMap((source) => (source.content ? [[source, source.content]] : []));
}
