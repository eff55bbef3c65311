import type { Change } from '../../core/change.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import type { Member } from './record/app-record.ts';

/** What a change of this target carries in `desired`. */
export type Step = ApplyStep | RemoveStep | KeepStep | RecordStep;

export interface ApplyStep {
  do: 'apply';
  path: string;
  object: KubernetesObject;
  /** Where its manifest is: `file:line`; absent for what no manifest has. */
  at?: string;
  /** Id of the change, a namespace or definition, after which the server can judge this one. */
  stage?: string;
  /** Takes the fields that someone changed by hand. */
  force: boolean;
  /** Makes the fields ours that `kubectl apply` set, and items that people put in the place of the manifest's. */
  takesOver?: boolean;
  /** The uid of the object that is deleted first, since a fixed field of it changes. */
  replaces?: string;
  /** The object that the plan was made for, as it was. */
  reviewed?: { uid: string; resourceVersion: string };
  /** This target cannot tell by the manifest how many pods are wanted: an autoscaler does. */
  keepsReplicas: boolean;
}

export interface RemoveStep {
  do: 'remove';
  path: string;
  uid: string;
  /** What it was when it was judged to go; once it is another, it is judged anew. `owners`: uids. */
  judged?: { version: string; member: Member; owners: readonly string[] };
  /** Of a namespace: its name, and the uids of what is removed before it. */
  place?: { name: string; gone: readonly string[] };
  /** Path of the pods that must go with it, and the uids of what owns them. */
  pods?: { path: string; owners: readonly string[] };
}

/** Left alone although the manifests no longer have it. */
export interface KeepStep {
  do: 'keep';
}

/** Writes the record of what is deployed; removes it when there are no members. */
export interface RecordStep {
  do: 'record';
  members: readonly RecordedMember[];
  /** Of the record when this was planned; absent where there was none. */
  version?: string;
}

/** `applied`: the change whose object tells its uid. `goesWith`: the change after which it is no member. */
export interface RecordedMember extends Member {
  applied?: string;
  goesWith?: string;
}

export function stepOf(change: Change): Step {
  return change.desired as Step;
}
