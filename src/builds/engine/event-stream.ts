/** One line of what the Engine tells while it builds, pulls or pushes. */
export interface EngineEvent {
  stream?: string;
  status?: string;
  id?: string;
  aux?: unknown;
  error?: string;
  errorDetail?: { message?: string };
}

/**
 * The events of a JSON stream, one a line. Says nothing about how it ended: an engine reports failures inside an answer
 * of HTTP 200, so a reader has to look at `failureOf` each event, and to miss its result when the stream was cut.
 */
export async function* readEvents(body: NodeJS.ReadableStream): AsyncGenerator<EngineEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield* parse(line);
  }
  yield* parse(rest + decoder.decode());
}

/** The engine's words when the event reports a failure. */
export function failureOf(event: EngineEvent): string | undefined {
  if (event.errorDetail === undefined && event.error === undefined) return undefined;
  return event.errorDetail?.message || event.error || 'it gave no reason';
}

/** A line that is no JSON object is half of one: the stream was cut there. */
function parse(line: string): EngineEvent[] {
  if (line.trim() === '') return [];
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null) return [event as EngineEvent];
  } catch {
    // Reported below.
  }
  return [{ error: 'the answer of the engine was cut off in the middle of a line' }];
}
