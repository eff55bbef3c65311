export type Readiness = 'ready' | 'progressing' | 'failed';

/** The verdict on a resource, with one sentence of why for people. */
export interface Verdict {
  readiness: Readiness;
  reason: string;
  /** Where to reach it, shown when it becomes ready, e.g. `http://127.0.0.1:41080  admin :41081`. */
  detail?: string;
  /** Of a removal: it was left in place after all, and the reason tells why. */
  stays?: true;
}

/** What is known about a resource that failed or ran out of time. */
export interface Diagnosis {
  /** E.g. `orders cannot start: its process exits with code 1`. */
  message: string;
  /** E.g. `Pod/orders-7c9f-x2k8p, container orders`. */
  where: string;
  why: readonly string[];
  hints: readonly string[];
}
