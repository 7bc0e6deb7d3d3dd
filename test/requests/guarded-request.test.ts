/** S10: which addresses a request may reach, and that it reaches those that were looked at. */
import dns from 'node:dns';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { guardedRequest } from '../../activities/http/guarded-request.ts';
import { isInnerAddress } from '../../activities/http/inner-addresses.ts';
import { signatureHeaders } from '../../activities/http/webhook-signature.ts';
import { webhookSecretOf } from '../../cli/boot/webhook-secret.ts';
import { type Receiver, webhookReceiver } from './webhook-receiver.ts';

let receiver: Receiver | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await receiver?.close();
  receiver = undefined;
});
const asked = (url: string, more = {}) => {
  return guardedRequest({ url, method: 'POST', headers: {}, timeoutMs: 1_000, allow: [], maxBytes: 1_000, ...more });
};

describe('an inner address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '2001:db8::1',
    'no address',
    '',
  ])('is %s', (address) => expect(isInnerAddress(address)).toBe(true));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::8a'])('is not %s', (address) =>
    expect(isInnerAddress(address)).toBe(false),
  );
});

describe('a request', () => {
  it.each([
    ['https://127.0.0.1/', 'inner_address'],
    ['https://[::1]/', 'inner_address'],
    ['https://[::ffff:127.0.0.1]/', 'inner_address'],
    ['https://2130706433/', 'inner_address'],
    ['https://0x7f.1/', 'inner_address'],
    ['https://localhost/', 'inner_address'],
    ['http://example.com/', 'no_tls'],
    ['ftp://example.com/', 'bad_url'],
    ['https://ada:pass@example.com/', 'bad_url'],
    ['example.com', 'bad_url'],
  ])('to %s is forbidden', async (url, code) => expect(await asked(url)).toEqual({ is: 'forbidden', code }));

  it('to a name of which one address is inner is forbidden', async () => {
    answering([
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
    expect(await asked('https://both.example/')).toEqual({ is: 'forbidden', code: 'inner_address' });
  });

  it('asks for the addresses of a name once: an answer that changes leads nowhere else', async () => {
    const lookups = answering([{ address: '203.0.114.1', family: 4 }]);
    const outcome = await asked('https://changes.example/', { timeoutMs: 150 });
    expect(outcome).toMatchObject({ is: 'unanswered' });
    expect(lookups).toHaveBeenCalledTimes(1);
  });

  it('reaches a host that is allowed, with its port or with any', async () => {
    receiver = await webhookReceiver(() => ({ status: 204 }));
    expect(await asked(receiver.url, { allow: [receiver.host] })).toMatchObject({ is: 'answered', status: 204 });
    expect(await asked(receiver.url, { allow: ['127.0.0.1'] })).toMatchObject({ is: 'answered' });
    expect(await asked(receiver.url, { allow: ['127.0.0.1:1'] })).toMatchObject({ is: 'forbidden' });
  });

  it('ends when its time is over, and reads no more than it may', async () => {
    receiver = await webhookReceiver((n) => (n === 1 ? 'silence' : { status: 200, body: 'x'.repeat(5_000) }));
    const more = { allow: [receiver.host], timeoutMs: 200 };
    expect(await asked(receiver.url, more)).toEqual({ is: 'unanswered', code: 'timeout' });
    const outcome = await asked(receiver.url, more);
    expect(outcome).toMatchObject({ is: 'answered', isCut: true });
    expect(outcome.is === 'answered' && outcome.body.length).toBe(1_000);
  });

  it('to nobody is unanswered', async () => {
    expect(await asked('http://127.0.0.1:1/', { allow: ['127.0.0.1'] })).toEqual({
      is: 'unanswered',
      code: 'connection',
    });
  });

  function answering(addresses: { address: string; family: number }[]) {
    return vi.spyOn(dns, 'lookup').mockImplementation(((
      _name: string,
      _options: object,
      callback: (...args: unknown[]) => void,
    ) => {
      callback(null, addresses);
    }) as never);
  }
});

describe('a signature', () => {
  it('is that of the example of Standard Webhooks', () => {
    const secret = webhookSecretOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_999, body: '{"test": 2432232314}' };
    expect(signatureHeaders(message, [secret])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('needs a secret that is long enough', () => {
    expect(webhookSecretOf('whsec_c2hvcnQ=')).toBeUndefined();
    expect(webhookSecretOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBeUndefined();
  });
});
