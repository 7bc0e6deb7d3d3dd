/** S6, S12: how people answer, by the link of a mail, by the API and by commands; on PostgreSQL, SMTP and HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import { answer, listAsked, readAsked } from '../../store/journeys/people-answers.ts';
import { openAnswering, sealAnswering } from '../../store/records/answer-token.ts';
import { sealToken } from '../../store/records/unsubscribe-token.ts';
import { HOUR, PUBLIC_URL, SECRET, START, type Stage, startStage } from '../activities/stage.ts';

const TOKEN = 'a-token-of-this-test-0123';
const PLAYBOOK = {
  path: 'asks.yaml',
  text: `playbook: asks
owner: ops@shop.example
trigger: { event: seen }
steps:
  - id: call
    task: Call {{ contact.name }}
    assign: kim
    checklist: [Be kind]
    wait_until_done: { within: 4h }
  - id: discount
    approve: [kim, sara]
    text: "A discount of <10 %> for {{ contact.name }}"
    within: 4h
    else: []
`,
};
let stage: Stage;
let http: HttpServer;
let count = 0;

beforeAll(async () => {
  stage = await startStage([PLAYBOOK]);
  await stage.record('contact', 'ada', { name: 'Ada' });
  http = await startHttp({
    database: stage.database,
    writeKeys: [{ source: 'shop', key: 'a-key-of-a-test-0' }],
    secret: SECRET,
    access: { apiToken: TOKEN, open: false, publicUrl: PUBLIC_URL },
    parts: [],
  });
}, 60_000);
afterAll(async () => {
  await http.close();
  await stage.close();
});

/** One that was asked for just now. */
async function asked(kind: 'task' | 'approval') {
  const id = await stage.enrol('asks', { key: `k${++count}` });
  if (kind === 'task') await stage.ask(id, { name: 'do', path: 'steps.0' });
  else await stage.ask(id, { name: 'do', path: 'steps.1', leaves: true });
  const found = await listAsked(stage.database, { kind, most: 10 });
  return found.find((one) => one.enrolment === id)!;
}

const events = (id: string) =>
  stage.rows<{ name: string; by: string | null; step: string }>(
    `SELECT name, properties->>'by' AS by, properties->>'step' AS step FROM events
      WHERE kind = 'own' AND coalesce(properties->>'task', properties->>'approval') = $1 AND name <> 'task.created' ORDER BY arrival`,
    [id],
  );
const posted = (path: string, action: string) =>
  fetch(`${http.baseUrl}${path}`, { method: 'POST', body: new URLSearchParams({ action }) });
const api = (path: string, body?: object, token = TOKEN) =>
  fetch(`${http.baseUrl}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

describe('the link of a mail', () => {
  it('leads each colleague to a page of their own: seeing it changes nothing, a button answers, once', async () => {
    const { id, enrolment } = await asked('approval');
    const links = stage.mails
      .map((mail) => mail.replace(/=\r\n/g, '').replace(/=3D/g, '='))
      .flatMap((mail) => new RegExp(`${PUBLIC_URL}(/a/[\\w-]+)`).exec(mail)?.[1] ?? []);
    const own = links.filter((link) => openAnswering(SECRET, link.slice(3))?.id === id);
    expect(own.map((link) => openAnswering(SECRET, link.slice(3))!.person).sort()).toEqual(['kim', 'sara']);
    for (const link of own) {
      const page = await (await fetch(`${http.baseUrl}${link}`)).text();
      expect(page).toContain('A discount of &lt;10 %&gt; for Ada');
      expect(page).toContain('value="given"');
    }
    expect(await events(id)).toEqual([]);
    const sara = own.find((link) => openAnswering(SECRET, link.slice(3))!.person === 'sara')!;
    expect(await (await posted(sara, 'given')).text()).toContain('It is approved.');
    const kim = own.find((link) => link !== sara)!;
    expect(await (await posted(kim, 'refused')).text()).toContain('It is approved.');
    expect(await events(id)).toEqual([{ name: 'approval.given', by: 'sara', step: 'steps.1' }]);
    expect(
      (await stage.rows('SELECT FROM subscriptions WHERE enrolment_id = $1 AND path = $2', [enrolment, 'steps.1']))
        .length,
    ).toBe(1);
  });

  it('of a task: done, and open again; a click that comes twice is one answer', async () => {
    const { id } = await asked('task');
    const link = `/a/${sealAnswering(SECRET, { kind: 'task', id, person: 'kim' })}`;
    const page = await (await fetch(`${http.baseUrl}${link}`)).text();
    expect(page).toContain('Call Ada');
    expect(page).toContain('Be kind');
    await stage.step(START + 1_000 * ++count);
    expect(await (await posted(link, 'done')).text()).toContain('This task is done.');
    expect(await (await posted(link, 'done')).text()).toContain('This task is done.');
    expect(await events(id)).toEqual([{ name: 'task.done', by: 'kim', step: 'steps.0' }]);
    await stage.step(START + 1_000 * ++count);
    expect(await (await posted(link, 'reopened')).text()).toContain('This task is open.');
    await stage.step(START + 1_000 * ++count);
    expect(await (await posted(link, 'done')).text()).toContain('This task is done.');
    expect((await events(id)).map(({ name }) => name)).toEqual(['task.done', 'task.reopened', 'task.done']);
  });

  it('opens nothing that was sealed for something else, or by somebody else, and takes no other answer', async () => {
    const { id } = await asked('task');
    const foreign = sealToken(SECRET, { contactId: 'ada', messageId: id });
    for (const token of [
      foreign,
      sealAnswering('another secret', { kind: 'task', id, person: null }),
      'x',
      'x'.repeat(3_000),
    ]) {
      expect((await fetch(`${http.baseUrl}/a/${token}`)).status).toBe(404);
      expect((await posted(`/a/${token}`, 'done')).status).toBe(404);
    }
    const link = `/a/${sealAnswering(SECRET, { kind: 'task', id, person: 'kim' })}`;
    expect(await (await posted(link, 'given')).text()).toContain('This task is open.');
    expect(await events(id)).toEqual([]);
  });
});

describe('the API', () => {
  it('lists what can be answered, of one colleague, a page at a time; and takes answers', async () => {
    const { id } = await asked('task');
    const { tasks, next } = (await (await api('/api/tasks?person=kim&limit=1')).json()) as {
      tasks: { id: string; status: string }[];
      next: string;
    };
    expect(tasks).toHaveLength(1);
    const rest = (await (await api(`/api/tasks?person=kim&after=${next}`)).json()) as { tasks: { id: string }[] };
    expect(rest.tasks.map((task) => task.id)).not.toContain(next);
    expect((await (await api('/api/tasks?person=max')).json()) as object).toEqual({ tasks: [], next: null });
    await stage.step(START + 1_000 * ++count);
    const taken = await api(`/api/tasks/${id}`, { is: 'accepted', by: 'max' });
    expect(await taken.json()).toMatchObject({ id, status: 'accepted', taken: true });
    expect(await (await api(`/api/tasks/${id}`, { is: 'accepted' })).json()).toMatchObject({ taken: false });
    expect(await events(id)).toEqual([{ name: 'task.accepted', by: 'max', step: 'steps.0' }]);
  });

  it('asks for the token, and says what is wrong in an answer', async () => {
    const { id } = await asked('approval');
    expect((await api('/api/tasks', undefined, 'wrong-token-of-the-test')).status).toBe(401);
    const wrong = await api(`/api/approvals/${id}`, { is: 'done' });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ code: 'invalid_body', pointer: '/is' });
    expect((await api('/api/approvals/none', { is: 'given' })).status).toBe(404);
    expect((await api(`/api/tasks/${id}`, { is: 'done' })).status).toBe(404);
  });
});

describe('what was withdrawn, or has ended', () => {
  it('takes no answer, and says so', async () => {
    const { id, enrolment } = await asked('task');
    const later = START + 5 * HOUR;
    await stage.step(later + 1);
    // There is no evaluator here: what the other tests answered counts as consumed.
    await stage.rows('DELETE FROM pending_events');
    await stage.ask(enrolment, { name: 'look', path: 'steps.0', at: later });
    expect(await readAsked(stage.database, id)).toMatchObject({ status: 'withdrawn' });
    expect(await answer(stage.database, { id, kind: 'task', is: 'done' })).toMatchObject({
      isTaken: false,
      asked: { status: 'withdrawn' },
    });
    const link = `/a/${sealAnswering(SECRET, { kind: 'task', id, person: 'kim' })}`;
    expect(await (await fetch(`${http.baseUrl}${link}`)).text()).toContain('nothing to do any more');
  });
});
