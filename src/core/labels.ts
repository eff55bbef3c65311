const prefix = 'cloudnative.dev';

/** Labels and annotations that mark what belongs to an app; on Docker containers and Kubernetes objects alike. */
export const labels = {
  app: `${prefix}/app`,
  environment: `${prefix}/environment`,
  service: `${prefix}/service`,
  /** On Kubernetes objects that are in no namespace: that of the app they belong to. */
  namespace: `${prefix}/namespace`,
  /** Digest of what a resource was made from: equal digests, nothing to do. */
  spec: `${prefix}/spec`,
  /** On a container: the port that serves `/metrics`. */
  adminPort: `${prefix}/admin-port`,
  /** Digest of the build context that an image was made from. */
  context: `${prefix}/context`,
  /** `"true"` on a ConfigMap or Secret whose name shall carry a hash of its content. */
  versioned: `${prefix}/versioned`,
  /** Annotation: `Kind/name`, several by commas, that must be ready before this object is applied. */
  dependsOn: `${prefix}/depends-on`,
  /** `keep` on an object that no deploy or destroy may remove. */
  prune: `${prefix}/prune`,
  /** On what a release is stored in: its number. */
  release: `${prefix}/release`,
  /** On what a release is stored in: `head`, or the number of a part. */
  part: `${prefix}/part`,
  /** On what a release is stored in: which run wrote it. */
  run: `${prefix}/run`,
} as const;

export const fieldManager = 'cloudnative';

/** Label by the convention of Kubernetes: the tool that an object is made by. */
export const managedBy = 'app.kubernetes.io/managed-by';

/** Annotation in which `kubectl apply` keeps what it was given. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
