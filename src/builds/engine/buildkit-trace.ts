/** One step of a BuildKit build, as far as one message tells. */
export interface TraceVertex {
  digest: string;
  name: string;
  cached: boolean;
  started: boolean;
  completed: boolean;
  error: string;
}

export interface Trace {
  vertexes: TraceVertex[];
  /** Output of steps, in pieces that need not end with a line. */
  logs: { vertex: string; message: Buffer }[];
}

/** Decodes the `moby.buildkit.trace` message, a protobuf `moby.buildkit.v1.StatusResponse`; throws RangeError when it is none. */
export function decodeTrace(message: Buffer): Trace {
  const trace: Trace = { vertexes: [], logs: [] };
  for (const { number, bytes } of fields(message)) {
    if (number === 1) trace.vertexes.push(decodeVertex(bytes));
    else if (number === 3) trace.logs.push(decodeLog(bytes));
  }
  return trace;
}

function decodeVertex(message: Buffer): TraceVertex {
  const vertex = { digest: '', name: '', cached: false, started: false, completed: false, error: '' };
  for (const { number, bytes, varint } of fields(message)) {
    if (number === 1) vertex.digest = bytes.toString();
    else if (number === 3) vertex.name = bytes.toString();
    else if (number === 4) vertex.cached = varint !== 0;
    else if (number === 5) vertex.started = true;
    else if (number === 6) vertex.completed = true;
    else if (number === 7) vertex.error = bytes.toString();
  }
  return vertex;
}

function decodeLog(message: Buffer): Trace['logs'][number] {
  const log: Trace['logs'][number] = { vertex: '', message: none };
  for (const { number, bytes } of fields(message)) {
    if (number === 1) log.vertex = bytes.toString();
    else if (number === 4) log.message = bytes;
  }
  return log;
}

const none = Buffer.alloc(0);

interface Field {
  number: number;
  varint: number;
  bytes: Buffer;
}

function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => {
    if (at + length > message.length) throw new RangeError('a protobuf field is longer than its message');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { number, varint: varint(), bytes: none };
    else if (wire === 1) yield { number, varint: 0, bytes: take(8) };
    else if (wire === 2) yield { number, varint: 0, bytes: take(varint()) };
    else if (wire === 5) yield { number, varint: 0, bytes: take(4) };
    else throw new RangeError(`unknown protobuf wire type ${wire}`);
  }
}
