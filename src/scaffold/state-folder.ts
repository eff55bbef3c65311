/** Where a workspace keeps what is of this machine alone, beside a few files that are everybody's. */
export const stateFolder = '.cloudnative';

/** Keeps git from everything in it but those files. */
export const stateIgnore = `*
!.gitignore
!template.json
!schemas/
!schemas/*.json
`;
