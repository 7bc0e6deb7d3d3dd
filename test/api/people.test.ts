/** Somebody is found, looked at, and explained; nothing of them stands in an address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { Happening, Person, Profile, Why } from '../../server/api/contract/people.ts';
import { fill } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage();
  const { hash } = await fill(stage.database);
  await stage.database.pool.query(
    `INSERT INTO contacts (id, traits, email, created_at, updated_at) VALUES
       ('100%', '{"name": "<b>Ad_a</b>"}', NULL, now(), now()), ('long', $1, NULL, now(), now()),
       ('zoe', '{"name": "Zoe", "email": "zoe@example.com", "spent": 180, "accountId": "acme", "consent": {"marketing": true, "topics": {"news": "yes"}},
                 "suppression": "unsubscribed"}', 'zoe@example.com', now(), now())`,
    [{ name: 'N'.repeat(10_000) }],
  );
  await stage.database.pool.query(
    `INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value) VALUES ('contact', 'zoe', 'spent', now(), now(), 1, '180')`,
  );
  await stage.database.pool.query(
    `INSERT INTO accounts (id, traits, created_at, updated_at) VALUES ('acme', '{"name": "Acme"}', now(), now())`,
  );
  for (let n = 0; n < 5; n += 1) {
    await stage.database.pool.query(
      `WITH e AS (INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties)
         VALUES ('shop', $1, 'track', 'cart.updated', now() - interval '1 hour', now(), 'ada', $2) RETURNING arrival, at)
       INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
         SELECT 'contact', 'ada', at, now(), arrival, 'cart.updated' FROM e`,
      [`m${n}`, { value: n }],
    );
  }
  await stage.database.pool.query(
    `INSERT INTO decisions (playbook, enrolment_id, subject_type, subject_id, path, kind, verdict, looked, at, decided_at)
       VALUES ('nudge', 'e-ada', 'contact', 'ada', 'steps.1', 'wait', 'wait until 2026-12-01T10:00:00Z', '{}', now(), now()),
              ('nudge', NULL, 'contact', 'ada', NULL, 'entry', 'audience', '{"contact.country": "XX"}', now(), now())`,
  );
  await stage.database.pool.query(`UPDATE decisions SET firing_id = 'refused-0' WHERE kind = 'entry'`);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
});
afterAll(() => stage.close());

const search = async (q: string, more: object = {}) =>
  (await stage.post<{ items: Person[]; next: string | null }>('/api/people/search', { q, ...more })).body;

describe('searching', () => {
  it('finds by the beginning of address, name and id, in whatever letters', async () => {
    const ids = async (q: string) => (await search(q)).items.map(({ id }) => id);
    expect(await ids('ADA@')).toEqual(['ada']);
    expect(await ids('be')).toEqual(['ben']);
    expect(await ids('Cy')).toEqual(['cy']);
    expect(await ids('nobody')).toEqual([]);
    expect((await search('ac', { type: 'account' })).items).toEqual([
      expect.objectContaining({ type: 'account', id: 'acme', name: 'Acme' }),
    ]);
  });

  it('takes signs that mean something elsewhere as they stand', async () => {
    expect((await search('100%')).items.map(({ id }) => id)).toEqual(['100%']);
    expect((await search('%')).items).toEqual([]);
    expect((await search('<b>ad_')).items.map(({ name }) => name)).toEqual(['<b>Ad_a</b>']);
    expect((await search('<b>adx')).items).toEqual([]);
    expect((await search('n'.repeat(200))).items.map(({ id }) => id)).toEqual(['long']);
  });

  it('goes through all of them, each once', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await search('', { limit: 5, ...(after && { after }) });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toHaveLength(12);
  });

  it('and every other question about a person goes by the body: nothing of one stands in a path or a query', async () => {
    const { paths } = (
      await stage.get<{ paths: { [path: string]: { [method: string]: { parameters?: object[] } } } }>('/openapi.json')
    ).body;
    const about = Object.entries(paths).filter(([path]) => path.startsWith('/api/people'));
    expect(about.length).toBeGreaterThan(3);
    for (const [path, methods] of about) {
      expect([path, Object.keys(methods), methods.post?.parameters]).toEqual([path, ['post'], undefined]);
    }
  });
});

describe('a profile', () => {
  const profile = (type: string, id: string) => stage.post<Profile>('/api/people/profile', { type, id });

  it('tells traits, consent as it counts, what stops mails, relations and enrolments', async () => {
    const { body } = await profile('contact', 'zoe');
    expect(body.traits.map(({ name }) => name)).toContain('spent');
    expect(body.consent).toEqual({
      marketing: true,
      topics: [{ topic: 'news', consents: false }],
      channels: [],
      suppressed: { code: 'unsubscribed', words: 'unsubscribed' },
    });
    expect(body.relations).toEqual([{ relation: 'account', type: 'account', id: 'acme', name: 'Acme' }]);
    expect([body.computed, body.segments]).toEqual([
      [{ name: 'looks', kind: 'count', value: 0 }],
      [{ name: 'big', isIn: true }],
    ]);
    const ada = (await profile('contact', 'ada')).body;
    expect([ada.computed, ada.segments]).toEqual([
      [{ name: 'looks', kind: 'count', value: 5 }],
      [{ name: 'big', isIn: false }],
    ]);
    expect(ada.enrolments.map(({ playbook, step }) => [playbook, step?.title])).toEqual([['nudge', 'Wait 1 d']]);
  });

  it('is told of whoever events alone name, and of nobody else', async () => {
    expect((await profile('contact', 'nobody')).status).toBe(404);
    const wrong = await stage.post<Problem>('/api/people/profile', { type: 'planet', id: 'x' });
    expect([wrong.body.code, wrong.body.pointer]).toEqual(['invalid_body', '/type']);
  });

  it('is told of who was in a playbook whose version is gone, too: without the step’s name', async () => {
    const { pool } = stage.database;
    await pool.query("UPDATE enrolments SET version_hash = 'gone' WHERE id = 'e-cy'");
    const { status, body } = await profile('contact', 'cy');
    expect([status, body.enrolments.map(({ id, step }) => [id, step])]).toEqual([200, [['e-cy', null]]]);
    expect((await stage.get('/api/playbooks/nudge/enrolments?state=all')).status).toBe(200);
    await pool.query(
      "UPDATE enrolments SET version_hash = (SELECT version_hash FROM deployments WHERE playbook = 'nudge') WHERE id = 'e-cy'",
    );
  });
});

describe('a timeline', () => {
  const page = async (more: object = {}) =>
    (
      await stage.post<{ items: Happening[]; next: string | null }>('/api/people/timeline', {
        type: 'contact',
        id: 'ada',
        ...more,
      })
    ).body;

  it('has everything in sentences, the latest first, and page by page each once', async () => {
    const all = (await page({ limit: 100 })).items;
    const times = all.map(({ at }) => at);
    expect(times).toEqual([...times].sort().reverse());
    expect(all.map(({ sentence }) => sentence.text)).toEqual(
      expect.arrayContaining([
        'cart.updated',
        expect.stringContaining('nudge'),
        expect.stringContaining('waits until'),
        'Fired, and entered',
        'Fired, and was refused: audience: the audience does not let it in',
      ]),
    );
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const one = await page({ limit: 3, ...(after && { after }) });
      seen.push(...one.items.map(({ id }) => id));
      after = one.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it('is narrowed to kinds and a playbook; an event shows its values', async () => {
    const { items } = await page({ kinds: ['event'] });
    expect(items).toHaveLength(5);
    expect(items[0]!.values).toEqual([{ name: 'value', value: 4 }]);
    expect((await page({ playbook: 'nudge', kinds: ['decision'] })).items).toHaveLength(2);
  });
});

describe('why, and why not', () => {
  const why = (id: string, more: object = {}) =>
    stage.post<Why>('/api/people/why', { type: 'contact', id, playbook: 'nudge', ...more });

  it('tells of each firing its story, as explain does', async () => {
    const { body } = await why('ada');
    expect(body.firings.map(({ status }) => status).sort()).toEqual(['enrolled', 'refused', 'refused', 'refused']);
    const refused = body.firings.find(({ id }) => id === 'refused-0')!;
    expect(refused.reason).toEqual({ code: 'audience', words: 'the audience does not let it in' });
    expect(refused.story.map(({ text }) => text)).toEqual([
      'entry: refused: audience: the audience does not let it in; looked at contact.country = "XX"',
    ]);
    const entered = body.firings.find(({ status }) => status === 'enrolled')!;
    expect(entered.story.some(({ text }) => text.includes('waits until'))).toBe(true);
  });

  it('tells of whoever it has not fired for what it needs, and by then', async () => {
    const { body } = await why('zoe');
    expect(body.firings).toEqual([]);
    expect(body.trigger[0]).toContain('cart.updated');
    const { standing } = (await why('ada')).body;
    expect(standing.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('does not fit `event.value >= 20`: event.value = 4'),
    );
    const before = await why('ada', { at: '2020-01-01T00:00:00Z' });
    expect(before.body.firings).toEqual([]);
    expect(before.body.standing.map(({ text }) => text)).toEqual(['was not deployed then']);
  });

  it('is asked of a playbook that there is', async () => {
    const answer = await stage.post<Problem>('/api/people/why', { type: 'contact', id: 'ada', playbook: 'nudgee' });
    expect([answer.status, answer.body.detail]).toEqual([404, expect.stringContaining('nudge')]);
  });
});
