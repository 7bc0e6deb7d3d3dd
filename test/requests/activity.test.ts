/** S17: custom activities, from their file to what comes of a call. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Activity, type AnyActivity, activityOf } from '../../activities/calls/activity.ts';
import { shippedActivities } from '../../activities/calls/load.ts';
import { readTroubledMessages } from '../../store/reports/troubled-messages.ts';
import { MINUTE, SECOND, START, type Stage, startStage } from '../activities/stage.ts';
import { type Receiver, webhookReceiver } from './webhook-receiver.ts';

const ask = { name: 'do', path: 'steps.0', leaves: true } as const;
let stage: Stage;
let receiver: Receiver | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage?.close();
  await receiver?.close();
  receiver = undefined;
});

type Run = Activity['run'];

function activityThat(run: Run, more: Partial<AnyActivity> = {}): AnyActivity {
  const shapes = { with: z.strictObject({ points: z.number() }), answer: z.object({ level: z.string() }) };
  const own = { name: 'level-of', description: 'Says a level.', repeatable: true, example: { points: 1 }, ...shapes };
  return activityOf('level-of', () => ({ ...own, run, ...more }));
}

/** A playbook that has it run for Ada, who has seven points. */
async function start(
  activity: AnyActivity,
  { points = '"{{ contact.points }}"', head = '', allow = [] as string[] } = {},
) {
  const text = `playbook: p\ntrigger: { event: seen }\n${head}\nsteps:\n  - id: asked\n    do: level-of\n    with: { points: ${points} }\n`;
  const activities = new Map([[activity.name, activity]]);
  stage = await startStage([{ path: 'p.yaml', text }], { activities, settings: { webhooks: { allow } } });
  await stage.record('contact', 'ada', { name: 'Ada', points: 7 });
  return stage.enrol('p');
}
const effects = () => stage.rows('SELECT kind, status, reason, detail FROM effects');
const left = async () => (await stage.rows<{ context: unknown }>('SELECT context FROM step_answers'))[0]?.context;

describe('an activity', () => {
  it('is run once with its values, and its answer is there for later steps', async () => {
    const run = vi.fn<Run>(async () => ({ level: 'gold', unasked: true }));
    const id = await start(activityThat(run));
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(run).toHaveBeenCalledTimes(1);
    const [given, { idempotencyKey }] = run.mock.calls[0]!;
    expect(given).toEqual({ points: 7 });
    expect(await stage.rows('SELECT id FROM effects')).toEqual([{ id: idempotencyKey }]);
    expect(await left()).toEqual({ status: 'done', answer: { level: 'gold' } });
    expect(await effects()).toEqual([
      { kind: 'do', status: 'done', reason: null, detail: { do: 'level-of', with: { points: 7 } } },
    ]);
  });

  it('whose values are not what it asks for is not run: the step is refused, and the decision says where', async () => {
    const run = vi.fn<Run>();
    const id = await start(activityThat(run), { points: '"{{ contact.name }}"' });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(run).not.toHaveBeenCalled();
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'invalid_input' }]);
    const [{ looked }] = (await stage.rows('SELECT looked FROM decisions')) as [{ looked: { by: object } }];
    expect(Object.keys(looked.by)).toEqual(['with.points']);
  });

  it('that refuses is refused with its reason; one that answers in another shape, or too much, is refused too', async () => {
    const replies: Run[] = [
      (_, { refuse }) => refuse('no_such_account'),
      () => ({ level: 3 }) as never,
      () => ({ level: 'x'.repeat(70_000) }),
    ];
    let n = 0;
    const id = await start(activityThat((given, context) => replies[n++]!(given, context)));
    await stage.ask(id, ask);
    for (const key of ['2', '3']) expect(await stage.ask(await stage.enrol('p', { key }), ask)).toEqual({ go: 'next' });
    const reasons = (await effects()).map(({ status, reason }) => `${status}: ${reason}`).sort();
    expect(reasons).toEqual(['refused: answer_too_long', 'refused: invalid_answer', 'refused: no_such_account']);
  });

  it('that throws is a failed attempt (S18), under the same key; what it threw is not told', async () => {
    const keys: string[] = [];
    const id = await start(
      activityThat((_, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (keys.length === 1) throw new Error('ada@example.com is not welcome');
        return { level: 'gold' };
      }),
    );
    expect(await stage.ask(id, ask)).toEqual({ go: 'failed', code: 'failed', permanent: false, now: START + 1 });
    expect(await stage.ask(id, { ...ask, attempt: 2 })).toEqual({ go: 'next' });
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
    expect(JSON.stringify([stage.logged, await stage.rows('SELECT * FROM decisions')])).not.toContain('ada@example');
  });

  it('that failed to the end waits for nothing any more', async () => {
    const id = await start(activityThat(() => Promise.reject(new Error('no'))));
    await stage.ask(id, { ...ask, attempt: 5 });
    const ending = { outcome: 'failed', reason: 'failed' } as const;
    await stage.ask(id, { name: 'finish', path: 'finish', ending });
    expect(await readTroubledMessages(stage.database, { most: 5 })).toMatchObject([{ status: 'failed', kind: 'do' }]);
  });

  it('that puts off, has no secret, or is not there waits (P5)', async () => {
    const put = (_: unknown, { later }: Parameters<Run>[1]) => later('busy');
    const id = await start(activityThat(put));
    expect(await stage.ask(id, ask)).toEqual({ go: 'again', until: START + 1 + 10 * SECOND });
    const secretive = activityThat((_, { secret }) => ({ level: secret('LEVELS_TOKEN') }));
    const waits = await stage.others({ activities: new Map([['level-of', secretive]]) }).ask(await other('2'), ask);
    expect(waits).toMatchObject({ go: 'again' });
    expect(await stage.others({ activities: new Map() }).ask(await other('3'), ask)).toMatchObject({ go: 'again' });
    expect((await effects()).map(({ reason }) => reason).sort()).toEqual(['busy', 'no_activity', 'no_secret']);
  });

  it('whose time is over is a failed attempt, and told so; one that cannot be repeated stays unknown', async () => {
    let told: AbortSignal | undefined;
    const never: Run = (_, { signal }) => {
      told = signal;
      return new Promise(() => {});
    };
    const id = await start(activityThat(never, { timeoutMs: 50 }));
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'failed', code: 'timeout', permanent: false });
    expect(told!.aborted).toBe(true);
    await stage.close();
    const once = await start(activityThat(never, { timeoutMs: 50, repeatable: false }));
    expect(await stage.ask(once, ask)).toEqual({ go: 'next' });
    expect(await left()).toEqual({ status: 'unknown' });
    expect(await effects()).toMatchObject([{ status: 'unknown', reason: 'timeout' }]);
  });

  it('that a crash leaves is run again under its key; one that cannot be repeated stays unknown', async () => {
    const run = vi.fn<Run>(() => ({ level: 'gold' }));
    const id = await start(activityThat(run));
    await stage.ask(id, ask);
    await crashed();
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(run).toHaveBeenCalledTimes(2);
    await stage.close();
    const once = vi.fn<Run>(() => ({ level: 'gold' }));
    const other = await start(activityThat(once, { repeatable: false }));
    await stage.ask(other, ask);
    await crashed({ repeats: false });
    expect(await stage.ask(other, ask)).toEqual({ go: 'next' });
    expect(once).toHaveBeenCalledTimes(1);
    expect(await effects()).toMatchObject([{ status: 'unknown', reason: 'crash' }]);
  });

  it('fetches from hosts of the settings, and from no other inner one', async () => {
    receiver = await webhookReceiver(() => ({ status: 200, body: '{"level":"gold"}' }));
    const { url, host } = receiver;
    const fetching = activityThat(async (_, { fetch }) => (await fetch(`${url}/levels`)).json());
    const id = await start(fetching, { allow: [host] });
    expect(await stage.ask(id, ask)).toEqual({ go: 'next' });
    expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /levels']);
    await stage.close();
    const refused = activityThat(async (_, { fetch }) => (await fetch(url.replace('http:', 'https:'))).json());
    const other = await start(refused);
    expect(await stage.ask(other, ask)).toMatchObject({ go: 'failed', code: 'inner_address' });
    expect(receiver.received).toHaveLength(1);
  });

  it('of a ghost is withheld (N4), and none is run once an exit is there (S19)', async () => {
    const run = vi.fn<Run>(() => ({ level: 'gold' }));
    const id = await start(activityThat(run), { head: 'exit_on: [gone]' });
    expect(await stage.ask(await stage.enrol('p', { key: 'ghost', ghost: true }), ask)).toEqual({ go: 'next' });
    await stage.step(START + MINUTE);
    await stage.event('gone', { waits: true });
    expect(await stage.ask(id, ask)).toMatchObject({ go: 'end' });
    expect(run).not.toHaveBeenCalled();
  });

  const other = (key: string) => stage.enrol('p', { key });

  /** As if the worker had died before it wrote the answer. */
  async function crashed(more = {}): Promise<void> {
    const claim = { kind: 'call', answer: { go: 'next' }, context: { status: 'done' }, ...more };
    await stage.rows(
      `UPDATE effects SET status = 'claimed', done_at = NULL, claim = $1,
              lease_until = clock_timestamp() - make_interval(secs => 1)`,
      [JSON.stringify(claim)],
    );
    await stage.rows('DELETE FROM step_answers');
  }
});

describe('chat-message', () => {
  it('writes its line into the channel, waits while the chat is busy, and takes no for an answer', async () => {
    receiver = await webhookReceiver((n) => ({ status: [200, 429, 404][n - 1]! }));
    vi.stubEnv('CHAT_WEBHOOK_URL', `${receiver.url}/hooks/1`);
    const activities = await shippedActivities();
    const text = `playbook: p\ntrigger: { event: seen }\nsteps:\n  - do: chat-message\n    with: { text: "{{ contact.name }} waits" }\n`;
    const settings = { webhooks: { allow: [receiver.host] } };
    stage = await startStage([{ path: 'p.yaml', text }], { activities, settings });
    await stage.record('contact', 'ada', { name: 'Ada' });
    const answers = [];
    for (const key of ['1', '2', '3']) answers.push((await stage.ask(await stage.enrol('p', { key }), ask)).go);
    expect(answers).toEqual(['next', 'again', 'next']);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hooks/1', body: '{"text":"Ada waits"}' });
    expect((await effects()).map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([null, 'http-429', 'http-404']),
    );
  });
});
