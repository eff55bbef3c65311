import type { Artifact } from '../targets/target.ts';
import type { Service } from '../workspace/model.ts';

/** Makes what a target runs. */
export interface Builder {
  /** Reads only: the artifact of the service as its files are now, `pending` when a build has yet to make it. */
  find(service: Service): Promise<Artifact>;
  /** Makes the artifact, or finds that it is there already. */
  build(service: Service, options: BuildOptions): Promise<Supplied>;
}

/** Brings a built artifact to where a target fetches it. */
export interface Publisher {
  /** Reads only: the published artifact, by digest; undefined when it is not there yet. */
  find(service: Service, artifact: Artifact): Promise<Artifact | undefined>;
  publish(service: Service, artifact: Artifact, options: { signal: AbortSignal }): Promise<Supplied>;
}

export interface BuildOptions {
  signal: AbortSignal;
  /** One line of progress, safe to print, e.g. the step that runs. */
  onProgress?: (line: string) => void;
}

export interface Supplied {
  /** Never pending. */
  artifact: Artifact;
  /** A few words for people: `sha256:9be17a…`, `2 layers new, 5 known`. */
  detail: string;
  /** It was there already. */
  skipped: boolean;
}
