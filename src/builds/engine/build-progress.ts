import { StringDecoder } from 'node:string_decoder';
import { plainText } from '../../core/terminal-text.ts';
import { decodeTrace, type Trace } from './buildkit-trace.ts';
import { type EngineEvent, failureOf } from './event-stream.ts';

export interface BuildProgress {
  /** Takes in the next event. */
  add(event: EngineEvent): void;
  /** `sha256:…` once the engine has told it. */
  imageId(): string | undefined;
  /** The engine's words when the build failed. */
  failure(): string | undefined;
  /** The step that failed, or the last one begun. */
  step(): string | undefined;
  /** The last lines of that step's output, safe to print. */
  output(): string[];
}

interface Step {
  name: string;
  /** Whole lines, and the one that has only begun. */
  text: string;
  /** BuildKit sends pieces of bytes, which may end inside a character. */
  decoder: StringDecoder;
  failed: boolean;
}

const outputLimit = 16 * 1024;
const linesShown = 15;

/** Follows a build of either builder through its events. `onStep` is told the name of each step that starts. */
export function buildProgress(onStep: (name: string) => void = () => undefined): BuildProgress {
  const steps = new Map<string, Step>();
  let current: Step | undefined;
  let image: string | undefined;
  let failure: string | undefined;

  const begin = (key: string, name: string) => {
    current = { name, text: '', decoder: new StringDecoder(), failed: false };
    steps.set(key, current);
    onStep(name);
  };
  const addTrace = (aux: string) => {
    const trace = decoded(aux);
    for (const { digest, name, started, error } of trace.vertexes) {
      const label = plainText(name);
      if (started && !steps.has(digest)) begin(digest, label);
      const step = steps.get(digest);
      // One step's failure cancels its neighbours, which then fail too.
      if (step && error !== '' && !/context canceled/.test(error)) step.failed = true;
    }
    for (const { vertex, message } of trace.logs) {
      const step = steps.get(vertex);
      append(step, step?.decoder.write(message) ?? '');
    }
  };

  return {
    add: (event) => {
      failure ??= failureOf(event);
      if (event.id === 'moby.buildkit.trace' && typeof event.aux === 'string') return addTrace(event.aux);
      const id = (event.aux as { ID?: unknown } | undefined)?.ID;
      if (typeof id === 'string') image = id;
      const classic = /^Step (\d+\/\d+) : ([^\n]*)/.exec(event.stream ?? '');
      if (classic) begin(classic[1]!, plainText(`[${classic[1]}] ${classic[2]}`));
      else if (event.stream && !/^ ---> |^\n$|^Removing intermediate container /.test(event.stream))
        append(current, event.stream);
    },
    imageId: () => image,
    failure: () => failure,
    step: () => failing(steps, current)?.name,
    output: () => lastLines(failing(steps, current)?.text ?? ''),
  };
}

/** It only serves to tell people more, so one that cannot be read must not fail a build. */
function decoded(aux: string): Trace {
  try {
    return decodeTrace(Buffer.from(aux, 'base64'));
  } catch {
    return { vertexes: [], logs: [] };
  }
}

function failing(steps: ReadonlyMap<string, Step>, current: Step | undefined): Step | undefined {
  return [...steps.values()].find(({ failed }) => failed) ?? current;
}

function append(step: Step | undefined, text: string): void {
  if (step) step.text = (step.text + text).slice(-outputLimit);
}

/** A line that was overwritten with carriage returns, as progress bars are, shows as its last state. */
function lastLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => plainText(line.replace(/\r+$/, '').replace(/^.*\r/, '')).trimEnd())
    .filter((line) => line !== '')
    .slice(-linesShown);
}
