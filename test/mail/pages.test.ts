/** The mailbox's pages: what a mail cannot do to them, and what never stands in a URL. */
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailboxIdOf } from '../../activities/mail/delivery-status.ts';
import { Mailbox } from '../../cli/mailbox/mailbox.ts';
import { mailboxPages } from '../../cli/mailbox/pages.ts';
import { temporaryFolder } from './servers.ts';

const evil = '<script>alert(1)</script>';
let app: FastifyInstance;
let mailbox: Mailbox;
let remove: () => Promise<void>;

const raw = (n: number, subject: string, html: string) =>
  Buffer.from(
    `Message-ID: <m${n}@shop.example>\r\nFrom: Shop <hello@shop.example>\r\nTo: ${n === 7 ? 'bob' : 'ada'}@example.com\r\n` +
      `Subject: ${subject}\r\nX-Cuebook-Playbook: cart-abandoned\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n` +
      `Content-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n`,
  );

beforeAll(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  mailbox = await Mailbox.open({ dir: made.dir });
  for (let n = 0; n < 60; n++) await mailbox.keep(raw(n, `Cart ${n}`, '<p>Hello</p>'));
  await mailbox.keep(
    raw(
      60,
      evil,
      `<html><head><title>x</title></head><body>${evil}<img src="https://x.example/p.gif"><a href="https://x.example">y</a></body></html>`,
    ),
  );
  await mailbox.keep(raw(60, evil, ''));
  app = fastify();
  mailboxPages(app, mailbox);
});
afterAll(async () => {
  await app.close();
  await remove();
});

const get = (url: string) => app.inject({ url });
const search = (payload: string) =>
  app.inject({
    method: 'POST',
    url: '/mailbox',
    payload,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const last = mailboxIdOf('<m60@shop.example>');

describe('the list', () => {
  it('shows the newest first, 50 a page, and how often a mail came', async () => {
    const first = (await get('/mailbox')).body;
    expect(first.match(/<tr>/g)).toHaveLength(51);
    expect(first).toContain('Page 1 of 2');
    expect(first).toContain('×2');
    expect(first).toContain('61 mails, 1 handed over again');
    expect(first).toContain('2 Mar 2026, 10:00');
    const second = (await get('/mailbox?page=2')).body;
    expect(second.match(/<tr>/g)).toHaveLength(12);
    expect((await get('/mailbox?page=999')).body).toBe(second);
    expect((await get('/mailbox?page=x')).body).toBe(first);
  });

  it('is searched without what was searched for in any URL', async () => {
    const found = await search('q=BOB%40example.com');
    expect(found.body.match(/<tr>/g)).toHaveLength(2);
    expect(found.body).toContain('Cart 7');
    const many = await search('q=ada%40example.com+cart&page=2');
    expect(many.body).toContain('Page 2 of 2');
    expect(many.body).toContain(
      '<input type="hidden" name="q" value="ada@example.com cart"><button name="page" value="1">Newer',
    );
    for (const page of [found, many]) {
      expect([...page.body.matchAll(/(?:href|action|src)="([^"]*)"/g)].map((one) => one[1]).join(' ')).not.toMatch(
        /@|ada|bob/i,
      );
    }
    expect((await search(`q=${encodeURIComponent('"><script>')}`)).body).not.toContain('<script');
    expect((await search('q=zzz')).body).toContain('Nothing found');
  });

  it('says what to expect where there is nothing yet', async () => {
    const { dir, remove: away } = await temporaryFolder();
    const empty = fastify();
    mailboxPages(empty, await Mailbox.open({ dir }));
    expect((await empty.inject({ url: '/mailbox' })).body).toContain('No mail yet');
    await empty.close();
    await away();
  });
});

describe('a mail on its page', () => {
  it('runs nothing and loads nothing', async () => {
    const page = await get(`/mailbox/${last}`);
    expect(page.body).not.toContain('<script');
    expect(page.body).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const body = await get(`/mailbox/${last}/body`);
    const policy = String(body.headers['content-security-policy']);
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
    expect(policy).toContain('img-src data:');
    expect(policy).not.toMatch(/https?:|script|allow-same-origin/);
    expect(body.body).toContain('<head><base target="_blank">');
    for (const url of [`/mailbox/${last}/text`, `/mailbox/${last}/source`])
      expect((await get(url)).body).not.toContain('<script');
  });

  it('is there as text, as source, and as a file', async () => {
    expect((await get(`/mailbox/${last}/source`)).body).toContain('Message-ID: &lt;m60@shop.example&gt;');
    const file = await get(`/mailbox/${last}/raw`);
    expect(file.headers['content-disposition']).toBe(`attachment; filename="${last}.eml"`);
    expect(file.rawPayload.subarray(0, 11).toString()).toBe('Message-ID:');
  });

  it('that is not here says so', async () => {
    for (const url of [`/mailbox/${'0'.repeat(32)}`, '/mailbox/..%2f..%2fetc', '/mailbox/x/source']) {
      const page = await get(url);
      expect(page.statusCode).toBe(404);
      expect(page.body).toContain('This mail is not here');
    }
  });
});

describe('the same for scripts', () => {
  it('as JSON', async () => {
    const list = (await get('/mailbox/api/messages')).json();
    expect(list).toMatchObject({ total: 61, pages: 2, page: 1, repeats: 1 });
    expect(list.messages[0]).toMatchObject({
      id: last,
      times: 2,
      playbook: 'cart-abandoned',
      date: '2026-03-02T10:00:00.000Z',
    });
    expect((await get(`/mailbox/api/messages/${list.messages[1].id}`)).json()).toMatchObject({
      subject: 'Cart 59',
      text: 'Hello',
    });
    const missing = await get(`/mailbox/api/messages/${'0'.repeat(32)}`);
    expect(missing.statusCode).toBe(404);
    expect(missing.headers['content-type']).toContain('application/problem+json');
    expect(missing.json()).toMatchObject({ code: 'mail_not_kept' });
  });
});

it('a mail that no parser takes apart is listed, says so, and shows its source', async () => {
  const parts = Array.from(
    { length: 1_200 },
    (_, n) => `--b${n}\r\nContent-Type: multipart/mixed; boundary=b${n + 1}\r\n\r\n`,
  );
  const nested = `Subject: Nested\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n${parts.join('')}`;
  const long = `Subject: Long\r\n${`X-Long: ${'x'.repeat(900)}\r\n`.repeat(4_000)}\r\nhello`;
  for (const text of [nested, long]) {
    const { id } = await mailbox.keep(Buffer.from(text));
    for (const view of ['', '/text', '/body']) {
      const { statusCode, body } = await get(`/mailbox/${id}${view}`);
      expect([view, statusCode]).toEqual([view, 200]);
      expect(body).toContain('cannot be taken apart');
    }
    expect((await get(`/mailbox/${id}/source`)).body).toContain('Subject');
    expect((await get(`/mailbox/api/messages/${id}`)).json()).toMatchObject({
      isReadable: false,
      text: '',
      html: null,
    });
  }
  expect((await get('/mailbox')).body).toContain('Nested');
});
