/** The embedded mailbox: what it has answered for is there, and can be asked (P4). */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { mailboxIdOf, readDeliveryStatus } from '../../activities/mail/delivery-status.ts';
import type { Mail } from '../../activities/mail/mail.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import { Mailbox } from '../../cli/mailbox/mailbox.ts';
import { mailboxPages, startMailbox } from '../../cli/mailbox/start.ts';
import { temporaryFolder } from './servers.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function folder(): Promise<string> {
  const { dir, remove } = await temporaryFolder();
  cleanups.push(remove);
  return dir;
}

async function running(options: { dir?: string; most?: number } = {}) {
  const dir = options.dir ?? (await folder());
  const started = await startMailbox({ smtpPort: 0, host: '127.0.0.1', ...options, dir });
  const mailer = openMailer({ url: started.smtpUrl, timeoutMs: 3_000 });
  const stop = async () => {
    await mailer.close();
    await started.close();
  };
  cleanups.push(stop);
  return { ...started, mailer, dir, stop };
}

const mail = (n: number | string, change: Partial<Mail> = {}): Mail => ({
  messageId: `<m${n}@shop.example>`,
  from: { name: 'Shop', address: 'hello@shop.example' },
  to: { name: 'Ada', address: 'ada@example.com' },
  subject: `Cart ${n}`,
  text: `Hello ${n}`,
  html: `<p>Hello ${n}</p>`,
  headers: { 'X-Cuebook-Playbook': 'cart-abandoned' },
  ...change,
});

describe('a mail that was answered for', () => {
  it('is a file, and is there again after a restart', async () => {
    const { mailer, dir, stop } = await running();
    expect(await mailer.send(mail(1))).toEqual({ status: 'sent', response: 'smtp-250' });
    expect((await readdir(dir)).filter((name) => name.endsWith('.eml'))).toHaveLength(1);
    await stop();
    const again = await Mailbox.open({ dir });
    expect(again.has('<m1@shop.example>')).toBe('taken');
    const { mails } = await again.list({ perPage: 10 });
    expect(mails[0]).toMatchObject({
      to: 'Ada <ada@example.com>',
      subject: 'Cart 1',
      playbook: 'cart-abandoned',
      times: 1,
    });
  });

  it('is kept once, however often it comes, and that is counted', async () => {
    const { mailer, mailbox, dir } = await running();
    const all = await Promise.all([mail(1), mail(1), mail(1), mail(2)].map((one) => mailer.send(one)));
    expect(all.every((one) => one.status === 'sent')).toBe(true);
    expect([mailbox.size, mailbox.repeats]).toEqual([2, 2]);
    const reopened = await Mailbox.open({ dir });
    expect([reopened.size, reopened.repeats]).toEqual([2, 2]);
    expect((await reopened.read(mailboxIdOf('<m1@shop.example>')))!.mail.times).toBe(3);
  });

  it('makes room for newer ones in its turn, and still counts as taken', async () => {
    const { mailer, mailbox, dir } = await running({ most: 2 });
    for (const n of [1, 2, 3]) await mailer.send(mail(n));
    expect(mailbox.size).toBe(2);
    expect(await mailbox.read(mailboxIdOf('<m1@shop.example>'))).toBeUndefined();
    expect((await readdir(dir)).filter((name) => name.endsWith('.eml'))).toHaveLength(2);
    const reopened = await Mailbox.open({ dir, most: 2 });
    for (const box of [mailbox, reopened]) expect(box.has('<m1@shop.example>')).toBe('taken');
    expect(reopened.has('<m4@shop.example>')).toBe('not-taken');
    expect(await mailer.send(mail(1))).toMatchObject({ status: 'sent' });
    expect([mailbox.size, mailbox.repeats]).toEqual([2, 1]);
  });

  it('of a memory that overflowed, nothing false is said', async () => {
    const box = await Mailbox.open({ dir: await folder(), most: 1, mostRemembered: 2 });
    for (let n = 0; n < 6; n++) await box.keep(Buffer.from(`Message-ID: <m${n}@x.example>\r\n\r\nx`));
    expect(box.has('<m5@x.example>')).toBe('taken');
    expect(box.has('<m4@x.example>')).toBe('taken');
    expect(box.has('<m0@x.example>')).toBe('cannot-ask');
  });
});

describe('a mail that was not answered for is not there', () => {
  it.each(['end', 'destroy'] as const)('when its sender went away in the middle (%s)', async (leave) => {
    const { mailbox, smtpUrl, dir } = await running();
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1');
    const heard = () => new Promise((resolve) => socket.once('data', resolve));
    await heard();
    for (const line of ['EHLO x', 'MAIL FROM:<a@x.example>', 'RCPT TO:<b@x.example>', 'DATA']) {
      socket.write(`${line}\r\n`);
      await heard();
    }
    socket.resume();
    socket.write('Message-ID: <half@x.example>\r\n\r\nhalf a ma');
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket[leave]();
    await new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(mailbox.size).toBe(0);
    expect(mailbox.has('<half@x.example>')).toBe('not-taken');
    expect(await readdir(dir)).toEqual([]);
  });

  it('when it was half-written in a crash', async () => {
    const dir = await folder();
    await writeFile(join(dir, '.unfinished-1'), 'Message-ID: <half@x.example>');
    await writeFile(join(dir, 'notes.txt'), 'not ours');
    expect((await Mailbox.open({ dir })).size).toBe(0);
    expect(await readdir(dir)).toEqual(['notes.txt']);
  });

  it('when the disk refuses: the sender is told to come back', async () => {
    const { mailer, dir, mailbox } = await running();
    await rm(dir, { recursive: true });
    expect(await mailer.send(mail(1))).toMatchObject({ status: 'refused', permanent: false, code: 'smtp-451' });
    expect(mailbox.size).toBe(0);
  });

  it('when it is larger than 5 MB: for good', async () => {
    const { mailer, mailbox } = await running();
    const answer = await mailer.send(mail(1, { text: `${'x'.repeat(70)}\n`.repeat(90_000) }));
    expect(answer).toMatchObject({ status: 'refused', permanent: true });
    expect(mailbox.size).toBe(0);
  });
});

describe('the mailbox listens on this machine alone', () => {
  it.each(['0.0.0.0', '192.168.0.1', 'mail.example', '::'])('and not on %s', async (host) => {
    await expect(startMailbox({ dir: await folder(), smtpPort: 0, host })).rejects.toThrow(/this machine only/);
  });
});

describe('a provider that can be asked (P4)', () => {
  it('says what it took, and nothing where it cannot know', async () => {
    const { mailer, mailbox } = await running();
    await mailer.send(mail(1));
    const app = fastify();
    mailboxPages(app, mailbox);
    const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
    cleanups.push(() => app.close());
    const ask = (messageId: string, at = baseUrl) => readDeliveryStatus({ baseUrl: at, messageId, timeoutMs: 1_000 });
    expect(await ask('<m1@shop.example>')).toBe('taken');
    expect(await ask('<m2@shop.example>')).toBe('not-taken');
    expect(await ask('<m1@shop.example>', 'http://127.0.0.1:9')).toBe('cannot-ask');
    const other = fastify();
    const elsewhere = await other.listen({ port: 0, host: '127.0.0.1' });
    cleanups.push(() => other.close());
    expect(await ask('<m2@shop.example>', elsewhere)).toBe('cannot-ask');
  });
});
