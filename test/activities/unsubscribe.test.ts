/** The unsubscribe link: nobody can make one up, looking at it changes nothing, one click is enough (RFC 8058, P3). */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unsubscribeRoutes } from '../../server/unsubscribe/unsubscribe.ts';
import { openToken, sealToken } from '../../store/records/unsubscribe-token.ts';
import { SECRET, type Stage, startStage } from './stage.ts';

let stage: Stage;
let app: FastifyInstance;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

beforeEach(async () => {
  const text = 'playbook: p\ntrigger: { event: cart.updated }\nsteps: [{ record: came }]\n';
  stage = await startStage([{ path: 'p.yaml', text }]);
  await stage.record('contact', 'ada', { email: 'ada@example.com', name: '<Ada>' });
  app = Fastify();
  await app.register(unsubscribeRoutes, { database: stage.database, secret: SECRET });
});
afterEach(async () => {
  await app.close();
  await stage.close();
});

const url = (contactId = 'ada', secret = SECRET) => `/u/${sealToken(secret, { contactId, messageId: 'm1' })}`;
const post = (payload: string, path = url()) => app.inject({ method: 'POST', url: path, headers: form, payload });
const suppression = async () =>
  (await stage.rows<{ s: string | null }>(`SELECT traits->>'suppression' AS s FROM contacts`))[0]!.s;
const events = () => stage.rows('SELECT name FROM events ORDER BY arrival');

describe('a link', () => {
  it('shows nothing of the person, and is the same for the same mail', () => {
    const token = sealToken(SECRET, { contactId: 'ada@example.com', messageId: 'm1' });
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('ada');
    expect(sealToken(SECRET, { contactId: 'ada@example.com', messageId: 'm1' })).toBe(token);
    expect(openToken(SECRET, token)).toEqual({ contactId: 'ada@example.com', messageId: 'm1' });
  });

  it('that was made up, cut off or sealed by others opens nothing', async () => {
    const good = sealToken(SECRET, { contactId: 'ada', messageId: 'm1' });
    const flipped = `${good.slice(0, -2)}${good.at(-2) === 'A' ? 'B' : 'A'}${good.at(-1)}`;
    for (const bad of [flipped, good.slice(0, -4), 'x', '', `${good}a/../b`, 'a'.repeat(5_000)]) {
      expect(openToken(SECRET, bad)).toBeUndefined();
    }
    for (const path of [url('ada', 'another secret'), '/u/nothing']) {
      expect((await app.inject({ url: path })).statusCode).toBe(404);
      expect((await post('List-Unsubscribe=One-Click', path)).statusCode).toBe(404);
    }
    expect(await suppression()).toBeNull();
  });

  it('of a contact with a long id still works', async () => {
    const id = 'x'.repeat(200);
    await stage.record('contact', id, { email: 'x@example.com' });
    expect((await app.inject({ url: url(id) })).statusCode).toBe(200);
  });
});

describe('the page speaks', () => {
  const pageOf = async (language: unknown, contactId = 'ada') => {
    await stage.record('contact', contactId, { email: 'ada@example.com', language: language as string });
    const { body } = await app.inject({ url: url(contactId) });
    return [/<html lang="(\w+)">/.exec(body)?.[1], /<h1>([^<]*)/.exec(body)?.[1]];
  };

  it("the contact's language, however it is written (Y2)", async () => {
    expect(await pageOf('de_AT')).toEqual(['de', 'Abmelden']);
    const { body } = await post('action=unsubscribe');
    expect(body).toContain('<html lang="de">');
    expect(body).toContain('<h1>Sie sind abgemeldet</h1>');
    expect(body).toContain('>Wieder anmelden</button>');
    expect((await post('action=resubscribe')).body).toContain('<h1>Abmelden</h1>');
  });

  it('English where there are no words for it, or none is known', async () => {
    expect(await pageOf('fr')).toEqual(['en', 'Unsubscribe']);
    expect(await pageOf(17, 'bob')).toEqual(['en', 'Unsubscribe']);
    expect((await app.inject({ url: '/u/nothing' })).body).toContain('<html lang="en">');
  });
});

describe('unsubscribing', () => {
  it('takes one click of a mail program, once', async () => {
    expect((await post('List-Unsubscribe=One-Click')).statusCode).toBe(200);
    expect((await post('List-Unsubscribe=One-Click')).statusCode).toBe(200);
    expect(await suppression()).toBe('unsubscribed');
    expect(await events()).toEqual([{ name: 'email.unsubscribed' }]);
  });

  it('does not happen by looking at the link', async () => {
    const page = await app.inject({ url: url() });
    expect(page.body).toContain('<button name="action" value="unsubscribe">');
    expect(page.body).toContain('Shop GmbH, Weg 1');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; style-src 'sha256-/);
    expect(await suppression()).toBeNull();
    expect(await events()).toEqual([]);
  });

  it('is for whom the contact has become since the mail (E6)', async () => {
    await stage.record('contact', 'ann', { email: 'ann@example.com' });
    await stage.rows(`DELETE FROM contacts WHERE id = 'ada'`);
    await stage.rows(
      `INSERT INTO identity_claims (from_id, to_id, at, received_at, arrival) VALUES ('ada', 'ann', cuebook_now(), cuebook_now(), 1)`,
    );
    expect((await app.inject({ url: url() })).statusCode).toBe(200);
    expect((await post('List-Unsubscribe=One-Click')).statusCode).toBe(200);
    expect(await stage.rows(`SELECT id, traits->>'suppression' AS s FROM contacts`)).toEqual([
      { id: 'ann', s: 'unsubscribed' },
    ]);
  });

  it('can be taken back, and done again', async () => {
    expect((await post('action=unsubscribe')).body).toContain('value="resubscribe"');
    expect((await post('action=resubscribe')).body).toContain('value="unsubscribe"');
    expect(await suppression()).toBeNull();
    await post('action=unsubscribe');
    expect(await suppression()).toBe('unsubscribed');
    expect(await events()).toEqual([
      { name: 'email.unsubscribed' },
      { name: 'email.resubscribed' },
      { name: 'email.unsubscribed' },
    ]);
  });

  it('leaves one whose mails come back as it is, which stops more', async () => {
    await stage.record('contact', 'ada', { suppression: 'bounced' });
    expect((await post('List-Unsubscribe=One-Click')).statusCode).toBe(200);
    expect((await post('action=resubscribe')).body).not.toContain('<button');
    expect(await suppression()).toBe('bounced');
  });
});
