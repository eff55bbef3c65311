/** How the command line names a place, for hints: `-e staging`, or the flags of an app that has no workspace. */
export function placeFlags({ environment, flags }: { environment: string; flags?: string }): string {
  return flags ?? `-e ${environment}`;
}
