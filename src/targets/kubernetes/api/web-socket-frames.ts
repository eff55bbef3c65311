import { randomBytes } from 'node:crypto';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Message {
  opcode: number;
  payload: Buffer;
}

const longest = 64 * 1024 * 1024;
const none = Buffer.alloc(0);

/** One whole message of a client, masked as RFC 6455 asks of clients. */
export function encodeMessage(opcode: number, payload: Buffer, mask: Buffer = randomBytes(4)): Buffer {
  const size = payload.length;
  const extended = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + 4 + size);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? size : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(size, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(size), 2);
  const start = 2 + extended + 4;
  mask.copy(frame, start - 4);
  for (let index = 0; index < size; index++) frame[start + index] = payload[index]! ^ mask[index & 3]!;
  return frame;
}

/** Collects a server's bytes, however they are cut, and gives the messages that are whole by now. Throws for what no server sends. */
export function messageReader(): (chunk: Buffer) => Message[] {
  let rest: Buffer = none;
  let parts: Buffer[] = [];
  let begun: number | undefined;

  const take = ({ opcode, final, payload }: Frame): Message[] => {
    // Pings may come between the parts of a message, whole themselves.
    if (opcode >= opcodes.close) return [{ opcode, payload }];
    if ((opcode === opcodes.continuation) !== (begun !== undefined))
      throw new Error('parts of two messages are mixed');
    begun ??= opcode;
    parts.push(payload);
    if (parts.reduce((sum, { length }) => sum + length, 0) > longest)
      throw new Error('a message is too long');
    if (!final) return [];
    const message = { opcode: begun, payload: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
    parts = [];
    begun = undefined;
    return [message];
  };

  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const messages: Message[] = [];
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.size);
      messages.push(...take(frame));
    }
    return messages;
  };
}

interface Frame extends Message {
  final: boolean;
  /** With its header. */
  size: number;
}

function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  if (bytes[0]! & 0x70 || bytes[1]! & 0x80) throw new Error('not a frame of a server');
  const short = bytes[1]! & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (length > longest) throw new Error('a message is too long');
  if (bytes.length < start + length) return undefined;
  return {
    opcode: bytes[0]! & 0x0f,
    final: (bytes[0]! & 0x80) !== 0,
    payload: bytes.subarray(start, start + length),
    size: start + length,
  };
}
