import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from './poll.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A server that says everything back, behind a proxy. */
async function withEcho(use: (proxy: TcpProxy, heard: () => number) => Promise<void>): Promise<void> {
  let heard = 0;
  const echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard += chunk.length;
      socket.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await startTcpProxy((echo.address() as AddressInfo).port);
  try {
    await use(proxy, () => heard);
  } finally {
    await proxy.stop();
    echo.close();
  }
}

/** A client that keeps what it hears. */
function client(proxy: TcpProxy): { socket: Socket; heard: () => string; ended: () => string | undefined } {
  let text = '';
  let ended: string | undefined;
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code;
  });
  socket.on('close', () => {
    ended ??= 'closed';
  });
  return { socket, heard: () => text, ended: () => ended };
}

test('startTcpProxy carries both ways, and counts', () =>
  withEcho(async (proxy) => {
    const { socket, heard, ended } = client(proxy);
    socket.write('hello');
    await poll(() => heard() === 'hello', { what: 'the echo' });
    assert.is(proxy.bytes(), 5);
    socket.end();
    await poll(() => ended() === 'closed', { what: 'the end' });
  }));

test('startTcpProxy cuts after so many bytes, and carries those', () =>
  withEcho(async (proxy, heardByServer) => {
    const { socket, ended } = client(proxy);
    socket.write('before');
    await poll(() => heardByServer() === 6, { what: 'what came before' });
    await proxy.behave({ kind: 'cut', afterBytes: 4 });
    socket.write('0123456789');
    await poll(() => ended() === 'ECONNRESET', { what: 'the reset' });
    await poll(() => heardByServer() === 10, { what: 'the bytes before the cut' });
    assert.is(proxy.cuts(), 1);
  }));

test('startTcpProxy stalls, and goes on', () =>
  withEcho(async (proxy, heardByServer) => {
    const first = client(proxy);
    first.socket.write('a');
    await poll(() => first.heard() === 'a', { what: 'the echo' });
    await proxy.behave({ kind: 'stall' });
    const second = client(proxy);
    await once(second.socket, 'connect');
    first.socket.write('b');
    second.socket.write('c');
    // Nothing to wait for: what must not come is given two turns of the loop through the kernel.
    await once(client(proxy).socket, 'connect');
    assert.is(heardByServer(), 1);
    await proxy.behave({ kind: 'normal' });
    await poll(() => first.heard() === 'ab' && second.heard() === 'c', { what: 'the rest' });
  }));

test('startTcpProxy refuses, and listens again on the same port', () =>
  withEcho(async (proxy) => {
    const first = client(proxy);
    await once(first.socket, 'connect');
    first.socket.write('a');
    await poll(() => first.heard() === 'a', { what: 'the echo' });
    await proxy.behave({ kind: 'refuse' });
    await poll(() => first.ended() !== undefined, { what: 'the reset' });
    const second = client(proxy);
    await poll(() => second.ended() === 'ECONNREFUSED', { what: 'the refusal' });
    await proxy.behave({ kind: 'normal' });
    const third = client(proxy);
    third.socket.write('a');
    await poll(() => third.heard() === 'a', { what: 'the echo' });
  }));

test.run();
