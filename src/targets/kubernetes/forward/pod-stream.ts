import { Duplex } from 'node:stream';
import type { Upgraded } from '../api/web-socket.ts';
import { encodeMessage, type Message, messageReader, opcodes } from '../api/web-socket-frames.ts';

/** The protocol in which the first byte of each message is its channel. */
export const channelProtocol = 'v4.channel.k8s.io';

const dataChannel = 0;
const errorChannel = 1;
/** Milliseconds without a byte from the pod, once our side has said all. */
const answerGrace = 10_000;

/** The bytes of one connection to one port of a pod. The node's complaint, e.g. that nothing listens there, is its error. */
export function podStream({ socket, head }: Upgraded): Duplex {
  const read = messageReader();
  const opened = new Set<number>();
  let complaint = '';
  let ending: NodeJS.Timeout | undefined;

  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => {
      socket.write(encodeMessage(opcodes.binary, Buffer.concat([Buffer.of(dataChannel), chunk])), done);
    },
    // The protocol cannot say that one side has ended, so the answer gets time instead.
    final: (done) => {
      ending = setTimeout(() => stream.destroy(), answerGrace).unref();
      done();
    },
    destroy: (error, done) => {
      clearTimeout(ending);
      socket.destroy();
      done(error);
    },
  });

  const take = ({ opcode, payload }: Message) => {
    if (opcode === opcodes.ping) socket.write(encodeMessage(opcodes.pong, payload));
    if (opcode === opcodes.close) return finish();
    if (opcode !== opcodes.binary || payload.length === 0) return;
    const channel = payload[0]!;
    const bytes = payload.subarray(1);
    // The first message of each channel repeats the port's number.
    if (!opened.has(channel)) opened.add(channel);
    else if (channel === errorChannel) complaint += bytes.toString('utf8');
    else if (channel === dataChannel && bytes.length > 0) {
      ending?.refresh();
      if (!stream.push(bytes)) socket.pause();
    }
  };
  const finish = () => {
    if (stream.destroyed) return;
    if (complaint) return void stream.destroy(new Error(complaint.trim()));
    stream.push(null);
    // Whoever reads takes what is left first.
    if (stream.readableEnded) stream.destroy();
    else stream.once('end', () => stream.destroy());
  };
  const onData = (chunk: Buffer) => {
    try {
      for (const message of read(chunk)) take(message);
    } catch (error) {
      stream.destroy(error as Error);
    }
  };
  socket.on('data', onData);
  socket.once('error', (error) => stream.destroy(error));
  socket.once('close', finish);
  if (head.length > 0) onData(head);
  return stream;
}
