import type { IgnorePattern } from './ignore-file.ts';

/** Which patterns matched a folder or one above it; handed on to what is inside. */
export type FolderMatches = readonly boolean[];

export interface Judgement {
  ignored: boolean;
  matches: FolderMatches;
}

/**
 * Judges a path; `folder` are the matches of the folder it is in, undefined at the top. The last pattern that matches decides.
 * A pattern is looked at only when it would turn the verdict; otherwise it counts as not matching for all that is inside,
 * which is what Docker does.
 */
export function judge(path: string, patterns: readonly IgnorePattern[], folder?: FolderMatches): Judgement {
  let ignored = false;
  const matches = patterns.map((pattern, index) => {
    const inherited = folder?.[index] === true;
    const matched = inherited || (pattern.exception === ignored && pattern.matches(path));
    if (matched) ignored = !pattern.exception;
    return matched;
  });
  return { ignored, matches };
}

/** Whether an ignored folder must be walked all the same, as an exception begins with its path. Wildcards do not count as beginnings. */
export function mayHoldExceptions(folder: string, patterns: readonly IgnorePattern[]): boolean {
  return patterns.some(({ exception, text }) => exception && `${text}/`.startsWith(`${folder}/`));
}
