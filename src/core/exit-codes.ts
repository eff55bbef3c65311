/** The one table of exit codes; `docs/exit-codes.md` is compared with it. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  validation: 3,
  notFound: 4,
  conflict: 5,
  auth: 6,
  timeout: 7,
  locked: 8,
  unreachable: 9,
  changesPending: 10,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitKind = keyof typeof exitCodes;
