/** Every suite that needs a part of the lab. A CI run in which one of them did not run fails, so that no filter can hide one. */
export const labSuites = [
  'kubernetes target',
  'kubernetes faults',
  'kubernetes forward',
  'kubernetes proxies',
  'proxies on kubernetes',
  'kubernetes pull secret',
  'docker target',
  'registry login',
  'registry push',
  'shop on kubernetes',
  'shop on docker',
  'shop on process',
  'scrape-config check',
  'kubernetes mistakes',
  'folders on kubernetes',
  'operator on kubernetes',
  'releases on kubernetes',
  'saved plans on kubernetes',
  'saved plans on docker',
  'policy agreement',
  'node versions',
  'readme on docker',
  'readme on kubernetes',
  'system faults',
] as const;

export type LabSuite = (typeof labSuites)[number];
