/** Handing over a mail: what is known afterwards, and what no content of a mail can do (P3, P4). */
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../activities/mail/mail.ts';
import { messageIdOf } from '../../activities/mail/mail.ts';
import { parseSmtpUrl } from '../../activities/mail/smtp-url.ts';
import { type Mailer, openMailer } from '../../activities/mail/transport.ts';
import { failingAt, refusing, smtpServer } from './servers.ts';

const hello: Mail = {
  messageId: messageIdOf('enr1/steps.0', 'shop.example'),
  from: { name: 'Shop', address: 'hello@shop.example' },
  to: { name: 'Ada', address: 'ada@example.com' },
  subject: 'Your cart',
  text: 'Hello',
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function using<T extends { url: string; close(): Promise<void> }>(
  starting: Promise<T>,
  timeoutMs = 2_000,
): Promise<T & { mailer: Mailer }> {
  const server = await starting;
  const mailer = openMailer({ url: server.url, timeoutMs });
  opened.push(mailer, server);
  return { ...server, mailer };
}

describe('a mail that a provider takes', () => {
  it('is there as it was given, under its own Message-ID', async () => {
    const { mailer, mails } = await using(smtpServer({}));
    const html = '<p>Hällo ✓</p>';
    const sent = await mailer.send({
      ...hello,
      html,
      subject: 'Grüße ✓',
      replyTo: { address: 'help@shop.example' },
      headers: { 'X-Cuebook-Playbook': 'cart-abandoned', 'Auto-Submitted': 'auto-generated' },
    });
    expect(sent).toEqual({ status: 'sent', response: 'smtp-250' });
    const mail = await simpleParser(mails[0]!);
    expect(mail.messageId).toBe('<enr1%2Fsteps.0@shop.example>');
    expect(mail.subject).toBe('Grüße ✓');
    expect(mail.html).toContain('Hällo ✓');
    expect(mail.replyTo?.text).toBe('help@shop.example');
    expect(mail.headers.get('x-cuebook-playbook')).toBe('cart-abandoned');
    expect(mails[0]).not.toMatch(/nodemailer/i);
  });

  it('of marketing can be unsubscribed from by one click (RFC 8058)', async () => {
    const { mailer, mails } = await using(smtpServer({}));
    const url = `https://shop.example/u/${'t'.repeat(200)}`;
    await mailer.send({ ...hello, listUnsubscribe: { url, mailto: 'out@shop.example' } });
    expect(`\r\n${mails[0]}`).toContain(`\r\nList-Unsubscribe: <${url}>, <mailto:out@shop.example>\r\n`);
    expect(mails[0]).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
  });

  it('goes over few connections', async () => {
    let connections = 0;
    const { mailer, mails } = await using(
      smtpServer({
        onConnect: (_session, callback) => {
          connections += 1;
          callback();
        },
      }),
    );
    const all = Array.from({ length: 40 }, (_, i) =>
      mailer.send({ ...hello, messageId: messageIdOf(`e${i}`, 'x.example') }),
    );
    expect((await Promise.all(all)).every((one) => one.status === 'sent')).toBe(true);
    expect(mails).toHaveLength(40);
    expect(connections).toBeLessThanOrEqual(5);
  });
});

describe('what a provider refuses is told apart (P4)', () => {
  it.each([
    { at: 'rcpt', code: 550, message: '5.1.1 ada@example.com unknown', permanent: true, expected: 'smtp-550-5.1.1' },
    {
      at: 'rcpt',
      code: 451,
      message: '4.7.1 greylisted, ada@example.com',
      permanent: false,
      expected: 'smtp-451-4.7.1',
    },
    { at: 'data', code: 554, message: 'spam', permanent: true, expected: 'smtp-554' },
    { at: 'data', code: 452, message: 'disk full', permanent: false, expected: 'smtp-452' },
    { at: 'mail', code: 550, message: 'not you', permanent: true, expected: 'smtp-550' },
    { at: 'mail', code: 530, message: 'log in first', permanent: false, expected: 'smtp-530' },
    { at: 'data', code: 421, message: 'going down', permanent: false, expected: 'smtp-421' },
  ] as const)('at $at by $code: $message', async ({ at, code, message, permanent, expected }) => {
    const { mailer, mails } = await using(refusing(at, code, message));
    const answer = await mailer.send(hello);
    expect(answer).toMatchObject({ status: 'refused', permanent });
    expect((answer as { code: string }).code).toMatch(new RegExp(`^${expected}`));
    expect(JSON.stringify(answer)).not.toMatch(/ada|grey|unknown|spam/);
    expect(mails).toHaveLength(0);
  });

  it('a server that is not there is a passing failure', async () => {
    const server = await smtpServer({});
    await server.close();
    const mailer = openMailer({ url: server.url, timeoutMs: 1_000 });
    opened.push(mailer);
    expect(await mailer.send(hello)).toEqual({ status: 'refused', permanent: false, code: 'connection' });
    expect(await mailer.verify()).toBe('connection');
    const nowhere = openMailer({ url: 'smtp://nowhere.invalid', timeoutMs: 3_000 });
    opened.push(nowhere);
    expect(await nowhere.send(hello)).toEqual({ status: 'refused', permanent: false, code: 'dns' });
  });

  it('a server that is there is verified without a mail', async () => {
    const { mailer, mails } = await using(smtpServer({}));
    expect(await mailer.verify()).toBeUndefined();
    expect(mails).toHaveLength(0);
  });

  it('a password that is refused is a passing failure: the mail is not at fault', async () => {
    const server = await smtpServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(new Error('wrong')),
    });
    const mailer = openMailer({ url: server.url.replace('//', '//shop:secret@'), timeoutMs: 2_000 });
    opened.push(mailer, server);
    const answer = await mailer.send(hello);
    expect(answer).toMatchObject({ status: 'refused', permanent: false, code: expect.stringMatching(/^smtp-535/) });
  });
});

describe('what became of a mail is never guessed (P4)', () => {
  it.each([
    ['greeting', 'hang-up', 'refused', 0],
    ['greeting', 'silence', 'refused', 0],
    ['data', 'hang-up', 'refused', 0],
    ['data', 'silence', 'refused', 0],
    ['end', 'hang-up', 'unknown', 1],
    ['end', 'silence', 'unknown', 1],
  ] as const)('a server that fails at its %s by %s leaves it %s', async (step, how, status, whole) => {
    const { mailer, wholeMails } = await using(failingAt(step, how), 700);
    const started = performance.now();
    const answer = await mailer.send(hello);
    expect(answer).toMatchObject(status === 'refused' ? { status, permanent: false } : { status });
    expect(performance.now() - started).toBeLessThan(1_500);
    // And nothing is sent behind the caller's back: not a second time, not later.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(wholeMails()).toBe(whole);
  });

  it('a mail cut off in its middle is not taken, and known not to be', async () => {
    const { mailer, wholeMails } = await using(failingAt('middle', 'hang-up'));
    const answer = await mailer.send({ ...hello, text: `${'x'.repeat(70)}\n`.repeat(200_000) });
    expect(answer).toMatchObject({ status: 'refused', permanent: false });
    expect(wholeMails()).toBe(0);
  });

  it('a connection that the server closed while it was idle costs nobody a mail', async () => {
    const { mailer, mails } = await using(smtpServer({ socketTimeout: 150 }));
    expect((await mailer.send(hello)).status).toBe('sent');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await mailer.send(hello)).status).toBe('sent');
    expect(mails).toHaveLength(2);
  });

  it('after closing nothing is sent, and closing waits for what is under way', async () => {
    const { mailer, mails } = await using(smtpServer({}));
    const under = mailer.send(hello);
    await mailer.close();
    expect((await under).status).toBe('sent');
    expect(await mailer.send(hello)).toEqual({ status: 'refused', permanent: false, code: 'closed' });
    expect(mails).toHaveLength(1);
  });
});

describe('no content of a mail starts a header or reaches another', () => {
  const bad: [string, Partial<Mail>, string][] = [
    ['an address with a line end', { to: { address: 'ada@example.com\r\nBcc: x@y.example' } }, 'bad-to'],
    ['two addresses', { to: { address: 'ada@example.com, x@y.example' } }, 'bad-to'],
    ['an address with a command in it', { from: { address: 'a b@shop.example> SIZE=1' } }, 'bad-from'],
    ['a subject with a line end', { subject: 'x\nBcc: x@y.example' }, 'bad-subject'],
    ['a header with a line end', { headers: { 'X-Cuebook-Playbook': 'x\r\nBcc: x@y.example' } }, 'bad-header'],
    ['a header that is ours to write', { headers: { Bcc: 'x@y.example' } }, 'bad-header'],
    ['a Message-ID that is none', { messageId: '<a b@x>' }, 'bad-message-id'],
    ['a way out that is no web address', { listUnsubscribe: { url: 'javascript:alert(1)' } }, 'bad-unsubscribe'],
    [
      'a way out with a second one in it',
      { listUnsubscribe: { url: 'https://x.example/>, <https://y.example' } },
      'bad-unsubscribe',
    ],
  ];
  it.each(bad)('%s is refused for good', async (_what, change, code) => {
    const { mailer, mails } = await using(smtpServer({}));
    expect(await mailer.send({ ...hello, ...change })).toEqual({ status: 'refused', permanent: true, code });
    expect(mails).toHaveLength(0);
  });

  it('a name is quoted, whatever stands in it', async () => {
    const recipients: string[] = [];
    const { mailer, mails } = await using(
      smtpServer({
        onRcptTo: (to, _session, callback) => {
          recipients.push(to.address);
          callback();
        },
      }),
    );
    const unit = fc.constantFrom(
      '"',
      '\\',
      '<',
      '>',
      ',',
      ';',
      '\r',
      '\n',
      'Bcc: x@y.example',
      '@',
      '=?utf-8?q?',
      '?=',
      'é',
      ' ',
      'a',
      ':',
      '(',
      ')',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 12 }), async (name) => {
        mails.length = 0;
        recipients.length = 0;
        expect((await mailer.send({ ...hello, to: { name, address: 'ada@example.com' } })).status).toBe('sent');
        expect(recipients).toEqual(['ada@example.com']);
        const mail = await simpleParser(mails[0]!);
        const to = Array.isArray(mail.to) ? mail.to : [mail.to];
        expect(to.flatMap((one) => one?.value.map((value) => value.address))).toEqual(['ada@example.com']);
        expect([...mail.headers.keys()].sort()).toEqual(
          [
            'content-transfer-encoding',
            'content-type',
            'date',
            'from',
            'message-id',
            'mime-version',
            'subject',
            'to',
          ].sort(),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('two effects never share a Message-ID, and each is one', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', minLength: 1 }),
        fc.string({ unit: 'binary-ascii', minLength: 1 }),
        (a, b) => {
          expect(messageIdOf(a, 'x.example')).toMatch(
            /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@x\.example>$/,
          );
          expect(messageIdOf(a, 'x.example') === messageIdOf(b, 'x.example')).toBe(a === b);
        },
      ),
    );
    expect(messageIdOf('e'.repeat(2_000), 'x.example').length).toBeLessThan(100);
  });
});

describe('an SMTP URL', () => {
  it('says host, port, and whether a password may travel', () => {
    expect(parseSmtpUrl('smtp://127.0.0.1:1025')).toEqual({
      host: '127.0.0.1',
      port: 1025,
      secure: false,
      requireTls: false,
    });
    expect(parseSmtpUrl('smtps://shop:p%40ss@mail.example')).toEqual({
      host: 'mail.example',
      port: 465,
      secure: true,
      auth: { user: 'shop', pass: 'p@ss' },
      requireTls: false,
    });
    expect(parseSmtpUrl('smtp://shop:x@mail.example')).toMatchObject({ port: 587, requireTls: true });
  });

  it.each(['mail.example', 'http://mail.example', 'smtp://', 'smtp://mail.example?tls.rejectUnauthorized=false'])(
    '%s is none',
    (url) => {
      expect(() => parseSmtpUrl(url)).toThrow(/smtp:\/\/\[user:password@\]host/);
    },
  );
});
