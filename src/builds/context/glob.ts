import { parseClass, parseEscape, type Test, wellFormed } from './glob-class.ts';

/** Whether a relative path with `/` is what the pattern names. */
export type Glob = (path: string) => boolean;

/**
 * Compiles one cleaned `.dockerignore` pattern; undefined when Docker refuses it.
 * Docker turns a pattern into a Go regular expression, except for three simple forms that it compares as text. Both are
 * followed here, since the difference shows: `a^b` is text, while `a^b*` can never match.
 */
export function compileGlob(pattern: string): Glob | undefined {
  if (!wellFormed(pattern)) return undefined;
  const { form, expression } = translate(pattern);
  if (form === 'exact') return (path) => path === pattern;
  if (form === 'prefix') return (path) => path.startsWith(pattern.slice(0, -2));
  if (form === 'suffix') return endsIn(pattern.slice(2));
  const branches = parse(expression);
  return branches && ((path) => branches.some((steps) => run(steps, path)));
}

function endsIn(suffix: string): Glob {
  return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
}

interface Translated {
  form: 'exact' | 'prefix' | 'suffix' | 'expression';
  /** Characters of a regular expression; `FOLDERS` stands for any number of whole folders, `ALL` for anything. */
  expression: string[];
}

/** Wildcards become classes even inside a class: `[a?]` is `[a[^/]]`. That is Docker's doing. */
function translate(pattern: string): Translated {
  const chars = [...pattern];
  const expression: string[] = [];
  let form: Translated['form'] = 'exact';
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === '*' && chars[at + 1] === '*') {
      const first = at === 0;
      at += chars[at + 2] === '/' ? 2 : 1;
      const last = at + 1 >= chars.length;
      if (last && form === 'exact') form = 'prefix';
      else {
        expression.push(last ? 'ALL' : 'FOLDERS');
        form = 'expression';
      }
      if (first) form = 'suffix';
      continue;
    }
    if (char === '*') expression.push('[', '^', '/', ']', '*');
    else if (char === '?') expression.push('[', '^', '/', ']');
    else if (char === '\\') expression.push('\\', chars[++at]!);
    else expression.push(char);
    if ('*?\\[]'.includes(char)) form = 'expression';
  }
  return { form, expression };
}

/** One character, any number of them, any number of whole folders, or the path's start. */
type Step =
  | { kind: 'one'; test: Test }
  | { kind: 'many'; test: Test }
  | { kind: 'folders' }
  | { kind: 'start' };

/** The branches between bars, which Docker forgets to escape: with them, only the first is tied to the start and only the last to the end. */
function parse(expression: readonly string[]): Step[][] | undefined {
  const branches: Step[][] = [[]];
  for (let at = 0; at < expression.length; at++) {
    const steps = branches.at(-1)!;
    const char = expression[at]!;
    if (char === 'FOLDERS') steps.push({ kind: 'folders' });
    else if (char === 'ALL') steps.push({ kind: 'many', test: notNewline });
    else if (char === '^') steps.push({ kind: 'start' });
    else if (char === '|') {
      steps.push(anything);
      branches.push([anything]);
    } else if (char === '[' || char === '\\') {
      const parsed = char === '[' ? parseClass(expression, at) : parseEscape(expression, at);
      if (!parsed) return undefined;
      const many = char === '[' && expression[parsed.next] === '*';
      steps.push({ kind: many ? 'many' : 'one', test: parsed.test });
      at = many ? parsed.next : parsed.next - 1;
    } else steps.push({ kind: 'one', test: (other) => other === char });
  }
  return branches;
}

/** All ways at once, so that the time is bounded by steps times characters, whatever the pattern. */
function run(steps: readonly Step[], path: string): boolean {
  let states = new Set<number>();
  enter(0, true, steps, states);
  for (const char of path) {
    const next = new Set<number>();
    for (const state of states) advance(state, char, steps, next);
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(steps.length);
}

/** A state is the number of the step to take; below zero, being in the midst of `folders` number `-1 - state`. */
function enter(state: number, atStart: boolean, steps: readonly Step[], states: Set<number>): void {
  if (states.has(state)) return;
  states.add(state);
  const step = steps[state];
  if (step?.kind === 'many' || step?.kind === 'folders' || (step?.kind === 'start' && atStart))
    enter(state + 1, atStart, steps, states);
}

function advance(state: number, char: string, steps: readonly Step[], next: Set<number>): void {
  const at = state < 0 ? -1 - state : state;
  const step = steps[at];
  if (!step || step.kind === 'start') return;
  if (step.kind === 'folders') {
    if (notNewline(char)) next.add(-1 - at);
    if (char === '/') enter(at + 1, false, steps, next);
  } else if (step.test(char)) enter(step.kind === 'many' ? at : at + 1, false, steps, next);
}

const notNewline: Test = (char) => char !== '\n';

const anything: Step = { kind: 'many', test: () => true };
