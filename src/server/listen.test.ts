import { once } from 'node:events';
import http from 'node:http';
import { networkInterfaces } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { listen } from './listen.ts';
import { parseListenAddress } from './listen-address.ts';

async function withServer(address: string, use: (port: number) => Promise<void>): Promise<void> {
  const server = http.createServer((_request, response) => response.end('here'));
  const port = await listen(server, parseListenAddress(address), 'a test');
  try {
    await use(port);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
const ask = async (host: string, port: number) => (await fetch(`http://${host}:${port}`)).text();

const hasIpv6 = Object.values(networkInterfaces()).some((of) => of?.some(({ address }) => address === '::1'));
const testIpv6 = hasIpv6 ? test : test.skip;
if (!hasIpv6) console.log('Skipped: there is no ::1 on this machine');

test('listen on every address is reached by IPv4', () =>
  withServer(':0', async (port) => assert.is(await ask('127.0.0.1', port), 'here')));

testIpv6('listen on every address is reached by IPv6, too', () =>
  withServer(':0', async (port) => assert.is(await ask('[::1]', port), 'here')),
);

testIpv6('listen on one address of IPv6 is not reached by IPv4', () =>
  withServer('[::1]:0', async (port) => {
    assert.is(await ask('[::1]', port), 'here');
    assert.is(await ask('127.0.0.1', port).catch((error) => error.cause.code), 'ECONNREFUSED');
  }),
);

test('listen says where it cannot, as it is written', () =>
  withServer('127.0.0.1:0', async (port) => {
    const second = await listen(http.createServer(), { host: '127.0.0.1', port }, 'a test').catch(
      (error) => error,
    );
    assert.instance(second, CodedError);
    assert.is(second.code, 'InvalidSpec');
    assert.match(second.message, `Cannot listen on 127.0.0.1:${port} for a test: `);
  }));

test('listen on every address says so when that is taken', () =>
  withServer(':0', async (port) => {
    const second = await listen(http.createServer(), { host: '::', port }, 'a test').catch((error) => error);
    assert.match(second.message, `Cannot listen on :${port} for a test: `);
  }));

test.run();
