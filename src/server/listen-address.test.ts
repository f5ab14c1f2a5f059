import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { parseListenAddress, showListenAddress } from './listen-address.ts';

test('parseListenAddress reads a host and a port', () => {
  const cases: [string, string, number][] = [
    ['0.0.0.0:8080', '0.0.0.0', 8080],
    ['localhost:0', 'localhost', 0],
    ['127.0.0.1:65535', '127.0.0.1', 65_535],
    [':9443', '::', 9443],
    ['[::1]:8080', '::1', 8080],
    ['[::]:8080', '::', 8080],
  ];
  for (const [text, host, port] of cases) assert.equal(parseListenAddress(text), { host, port }, text);
});

test('parseListenAddress refuses everything else, and shows how it is written', () => {
  const wrong = [
    '',
    '8080',
    'localhost',
    'localhost:',
    'localhost:http',
    '1.2.3.4:65536',
    '::1:8080',
    '[::1]',
    'a:1:2',
    ':-1',
    'a:8080 ',
  ];
  for (const text of wrong) {
    assert.throws(
      () => parseListenAddress(text),
      (error: unknown) =>
        error instanceof CodedError && error.code === 'InvalidSpec' && error.message.includes('HOST:PORT'),
      text,
    );
  }
});

test('showListenAddress writes what parseListenAddress reads', () => {
  for (const text of ['0.0.0.0:8080', 'localhost:0', ':9443', '[::1]:8080']) {
    assert.is(showListenAddress(parseListenAddress(text)), text);
  }
});

test.run();
