/** S10: a request to another system: signed, once, and waiting while nobody takes it. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { recoverOrphanedClaims } from '../../activities/deliver.ts';
import { dropMessages, retryMessages } from '../../store/journeys/operate-messages.ts';
import { readTroubledMessages } from '../../store/reports/troubled-messages.ts';
import { HOUR, MINUTE, SECOND, START, type Stage, startStage } from '../activities/stage.ts';
import { type Receiver, signatureBy, webhookReceiver } from './webhook-receiver.ts';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const ask = { name: 'do', path: 'steps.0', leaves: true } as const;

let stage: Stage;
let receiver: Receiver | undefined;
afterEach(async () => {
  await stage?.close();
  await receiver?.close();
  receiver = undefined;
});

interface Given {
  answer?: Parameters<typeof webhookReceiver>[0];
  head?: string;
  url?: string;
  body?: string;
  secrets?: Buffer[];
  /** Whether the settings that are deployed name the receiver. */
  allows?: boolean;
}

/** A playbook that asks a receiver of its own, and one enrolment of Ada's. */
async function start({
  answer,
  head = '',
  url,
  body = '{ name: "{{ contact.name }}" }',
  secrets = [NEW],
  allows = true,
}: Given = {}) {
  receiver = await webhookReceiver(answer);
  const { host } = receiver;
  const settings = `webhooks: { allow: ["${host}"] }\n`;
  const address = url ?? `${allows ? 'http' : 'https'}://${host}/leads/{{ url contact.id }}`;
  const text = `playbook: p\ntrigger: { event: lead.came }\n${head}\nsteps:\n  - id: crm\n    webhook: ${address}\n    body: ${body}\n`;
  const files = [
    { path: 'settings.yaml', text: settings },
    { path: 'p.yaml', text },
  ];
  stage = await startStage(files, { webhookSecrets: secrets, settings: { webhooks: { allow: allows ? [host] : [] } } });
  await stage.record('contact', 'ada', { name: 'Ada', points: 7 });
  return stage.enrol('p', { trigger: { plan: 'pro' } });
}
const effects = () => stage.rows('SELECT kind, status, reason, detail FROM effects');
const left = async () => (await stage.rows<{ context: unknown }>('SELECT context FROM step_answers'))[0]?.context;
const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) });

describe('a webhook', () => {
  it('is sent once, as JSON in which values keep their types, and its answer is there for later steps', async () => {
    const body =
      '{ name: "{{ contact.name }}", points: "{{ contact.points }}", of: [{ plan: "{{ trigger.plan }}" }, 3, true] }';
    const id = await start({ answer: () => json({ id: 17, tags: ['new'] }), body });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(receiver!.received).toHaveLength(1);
    const [{ method, path, headers, body: sent }] = receiver!.received as [Receiver['received'][0]];
    expect({ method, path, type: headers['content-type'] }).toEqual({
      method: 'POST',
      path: '/leads/ada',
      type: 'application/json',
    });
    expect(JSON.parse(sent)).toEqual({ name: 'Ada', points: 7, of: [{ plan: 'pro' }, 3, true] });
    expect(await left()).toEqual({ status: 'done', http_status: 200, answer: { id: 17, tags: ['new'] } });
    const detail = { webhook: `${receiver!.url}/leads/ada`, body: JSON.parse(sent) };
    expect(await effects()).toEqual([{ kind: 'webhook', status: 'done', reason: null, detail }]);
    expect(await stage.rows('SELECT id FROM messages')).toEqual([]);
  });

  it('is signed by every secret, under the name of its effect and at its real time', async () => {
    const id = await start({ secrets: [NEW, OLD] });
    await stage.ask(id, ask);
    const [request] = receiver!.received;
    const [{ id: effect }] = (await stage.rows('SELECT id FROM effects')) as [{ id: string }];
    expect(request!.headers['webhook-id']).toBe(effect);
    expect(Math.abs(Number(request!.headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(MINUTE);
    expect(request!.headers['webhook-signature']).toBe(`${signatureBy(NEW, request!)} ${signatureBy(OLD, request!)}`);
  });

  it('waits while the other system is in trouble, under one name, and goes on once it is taken (P5)', async () => {
    const id = await start({ answer: (n) => (n < 3 ? { status: n === 1 ? 503 : 429 } : json({ ok: true })) });
    expect(await stage.ask(id, ask)).toEqual({ go: 'again', until: START + 1 + 10 * SECOND });
    expect(await stage.ask(id, ask)).toEqual({ go: 'again', until: START + 1 + 10 * SECOND });
    expect(receiver!.received).toHaveLength(1);
    await stage.step(START + MINUTE);
    expect(await stage.ask(id, ask)).toEqual({ go: 'again', until: START + MINUTE + 20 * SECOND });
    await stage.step(START + 2 * MINUTE);
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'next' });
    const names = receiver!.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(names).size).toBe(1);
    expect(names).toHaveLength(3);
  });

  it('that nobody takes for a day fails as S18 says', async () => {
    const id = await start({ answer: () => 'hang-up' });
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'again' });
    await stage.step(START + 25 * HOUR);
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'failed', code: 'connection', permanent: true });
  });

  it.each([[410], [302], [401]])('that gets %i is refused with it, and the journey goes on', async (status) => {
    const headers = { location: 'http://127.0.0.1:1/elsewhere' };
    const id = await start({ answer: () => ({ status, headers, body: '{"error":"gone"}' }) });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    const reason = `http-${status}`;
    expect(await effects()).toMatchObject([{ status: 'refused', reason }]);
    expect(await left()).toEqual({ status: 'refused', reason, http_status: status, answer: { error: 'gone' } });
    expect(receiver!.received).toHaveLength(1);
  });

  it('is taken whatever comes back: no JSON, too much of it, or what cannot be stored is no answer', async () => {
    const bodies = ['<html>', `"${'x'.repeat(70_000)}"`, '{"__proto__":1}', `${'['.repeat(40)}${']'.repeat(40)}`];
    const id = await start({ answer: (n) => ({ status: 200, body: bodies[n - 1]! }) });
    for (const [i] of bodies.entries()) {
      const one = i === 0 ? id : await stage.enrol('p', { key: String(i) });
      expect(await stage.ask(one, ask)).toEqual({ go: 'next' });
    }
    expect(await stage.rows(`SELECT DISTINCT context FROM step_answers`)).toEqual([
      { context: { status: 'done', http_status: 200, answer: null } },
    ]);
  });

  it('does not reach an inner network that the settings do not name', async () => {
    const id = await start({ allows: false });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'inner_address' }]);
    expect(receiver!.received).toEqual([]);
  });

  it('waits, and says so, where there is nothing to sign it with', async () => {
    const id = await start({ secrets: [] });
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'again' });
    expect(await effects()).toMatchObject([{ status: 'failed', reason: 'no_secret' }]);
    expect(receiver!.received).toEqual([]);
  });

  it('is not sent once a goal or an exit is there (S19)', async () => {
    const id = await start({ head: 'exit_on: [lead.lost]' });
    await stage.step(START + MINUTE);
    await stage.event('lead.lost', { waits: true });
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'end' });
    expect(receiver!.received).toEqual([]);
  });

  it('of a ghost is withheld (N4)', async () => {
    await start();
    const ghost = await stage.enrol('p', { key: 'ghost', ghost: true });
    expect(await stage.ask(ghost, ask)).toEqual({ go: 'next' });
    expect(await effects()).toMatchObject([{ kind: 'webhook', status: 'refused', reason: 'holdout' }]);
    expect(receiver!.received).toEqual([]);
  });
});

describe('what a crash leaves of a webhook', () => {
  it('is asked again under the same name, once its lease is over', async () => {
    const id = await start();
    await stage.ask(id, ask);
    await claimed(-1);
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(new Set(receiver!.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver!.received).toHaveLength(2);
    expect(await effects()).toMatchObject([{ status: 'done' }]);
  });

  it('is another worker’s while its lease runs', async () => {
    const id = await start();
    await stage.ask(id, ask);
    await claimed(30);
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'again' });
    expect(receiver!.received).toHaveLength(1);
  });

  it('of a journey that has ended stays unknown, and is shown', async () => {
    const id = await start();
    await stage.ask(id, ask);
    await claimed(-1);
    await stage.rows(`UPDATE enrolments SET outcome = 'exited'`);
    const { database } = stage;
    const log = { info() {}, error() {} } as never;
    expect(await recoverOrphanedClaims({ database, log, ask: undefined })).toBe(1);
    expect(await effects()).toMatchObject([{ status: 'unknown', reason: 'crash' }]);
    const [shown] = await readTroubledMessages(database, { most: 5 });
    expect(shown).toMatchObject({
      status: 'unknown',
      kind: 'webhook',
      messageClass: null,
      recipients: [],
      enrolment: id,
    });
  });

  /** As if the worker had died before it wrote the answer. */
  async function claimed(leaseSeconds: number): Promise<void> {
    const claim = { kind: 'request', answer: { go: 'next' }, context: { status: 'done' } };
    await stage.rows(
      `UPDATE effects SET status = 'claimed', done_at = NULL, claim = $1,
              lease_until = clock_timestamp() + make_interval(secs => $2)`,
      [JSON.stringify(claim), leaseSeconds],
    );
    await stage.rows('DELETE FROM step_answers');
  }
});

describe('an operator', () => {
  it('sees a webhook that waits, has it tried at once, or drops it', async () => {
    const id = await start({ answer: () => ({ status: 500 }) });
    await stage.ask(id, ask);
    const [waits] = await readTroubledMessages(stage.database, { most: 5 });
    expect(waits).toMatchObject({ status: 'waiting', kind: 'webhook', reason: 'http-500', playbook: 'p' });
    expect(await retryMessages(stage.database, [waits!.id])).toEqual([waits!.id]);
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'again' });
    expect(receiver!.received).toHaveLength(2);
    expect(await dropMessages(stage.database, [waits!.id])).toEqual([waits!.id]);
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(await left()).toEqual({ status: 'refused', reason: 'dropped' });
  });
});
