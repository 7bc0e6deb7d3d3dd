/** Commands that stay in the database: answered once, as of the journey's instant, each member for itself. */
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { DAY, HOUR, MINUTE, START, type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const playbook = (steps: string, head = ''): WorkspaceFile => ({
  path: 'p.yaml',
  text: `playbook: p\ntrigger: { event: cart.updated }\n${head}\nsteps:\n${steps}\n`,
});
const start = async (steps: string, head = '') => {
  stage = await startStage([playbook(steps, head)], { settings: { globalHoldoutPercent: 0 } });
  await stage.record('contact', 'ada', { name: 'Ada', email: 'ada@example.com', points: 1, owner: 'kim' });
  return stage;
};

const TASK = '  - id: call\n    task: Call {{ contact.name }}\n    assign: contact.owner\n    due: 2 business hours';

describe('an activity answers once (decision 5)', () => {
  it('a task that is asked for again is the same one task', async () => {
    const { ask, enrol, rows } = await start(TASK);
    const id = await enrol('p');
    const first = await ask(id, { name: 'do', path: 'steps.0' });
    await stage.record('contact', 'ada', { name: 'Bea' });
    expect(await ask(id, { name: 'do', path: 'steps.0' })).toEqual(first);
    expect(await rows('SELECT title, assignee, status FROM tasks')).toEqual([
      { title: 'Call Ada', assignee: 'kim', status: 'open' },
    ]);
    expect(await rows(`SELECT count(*)::int AS n FROM events WHERE name = 'task.created'`)).toEqual([{ n: 1 }]);
  });

  it('two workers that ask at the same moment get the same answer', async () => {
    const { ask, enrol, rows } = await start('  - update: { contact.points: { add: 5 } }');
    const id = await enrol('p');
    const both = await Promise.all([1, 2, 3].map(() => ask(id, { name: 'do', path: 'steps.0' })));
    expect(new Set(both.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await rows(`SELECT traits->'points' AS points FROM contacts`)).toEqual([{ points: 6 }]);
  });

  it('a branch stays taken when the trait changes afterwards', async () => {
    const { ask, enrol, record } = await start('  - if: contact.points > 0\n    then: [{ record: some }]');
    const id = await enrol('p');
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual({ go: 'arm', arm: 0 });
    await record('contact', 'ada', { points: 0 });
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual({ go: 'arm', arm: 0 });
  });

  it('an enrolment that was erased has ended; so has one that ended elsewhere', async () => {
    const { ask, enrol, rows } = await start(TASK);
    expect(await ask('gone', { name: 'do', path: 'steps.0' })).toEqual({ go: 'ended', outcome: 'cancelled' });
    const id = await enrol('p');
    await rows(`UPDATE enrolments SET outcome = 'exited'`);
    expect(await ask(id, { name: 'do', path: 'steps.0' })).toEqual({ go: 'ended', outcome: 'exited' });
    expect(await rows('SELECT id FROM tasks')).toEqual([]);
  });
});

describe('what reads waits until the evaluator has passed the instant (S19)', () => {
  const IF = '  - if: contact.points > 0\n    then: [{ record: some }]';
  const again = { go: 'again', until: START + 1 };

  it('not before the instant itself', async () => {
    const { ask, enrol } = await start(IF);
    const id = await enrol('p');
    expect(await ask(id, { name: 'choose', path: 'steps.0', at: START + HOUR })).toEqual({
      go: 'again',
      until: START + HOUR,
    });
  });

  it('not while an event from up to then waits to be consumed; one from behind it does not matter', async () => {
    const { ask, enrol, event, rows, step } = await start(IF);
    const id = await enrol('p');
    await event('seen', { at: START, waits: true });
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual(again);
    expect(await rows('SELECT * FROM step_answers')).toEqual([]);
    await rows('DELETE FROM pending_events');
    await step(START + 2);
    await event('seen', { at: START + 1, waits: true });
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual({ go: 'arm', arm: 0 });
  });

  it('not while a deadline of the subject is due', async () => {
    const { ask, enrol, rows } = await start(IF);
    const id = await enrol('p');
    await rows(`INSERT INTO deadlines VALUES ('contact', 'ada', cuebook_instant(${START}))`);
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual(again);
    await rows(`UPDATE deadlines SET due_at = cuebook_instant(${START + 1})`);
    expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual({ go: 'arm', arm: 0 });
  });

  it('not while an event received by then is still on its way', async () => {
    const { ask, enrol, database } = await start(IF);
    const id = await enrol('p', { at: START + 1 });
    expect((await ask(id, { name: 'choose', path: 'steps.0', at: START + 1 })).go).toBe('again');
    await database.pool.query(`UPDATE clock SET virtual_origin = cuebook_instant(${START + 2})`);
    expect((await ask(id, { name: 'choose', path: 'steps.0', at: START + 1 })).go).toBe('arm');
  });
});

describe('steps see records as they stood at the journey’s instant (T0)', () => {
  it('and not what came behind it', async () => {
    const { ask, enrol, event, step } = await start('  - record: seen\n    value: contact.points');
    const id = await enrol('p');
    await step(START + MINUTE);
    await event('changed', { patches: [{ type: 'contact', id: 'ada', traits: { points: 99 } }] });
    await ask(id, { name: 'do', path: 'steps.0' });
    expect(await stage.rows('SELECT name, value FROM outcomes')).toEqual([{ name: 'seen', value: 1 }]);
  });

  it('own writes are seen by the next step, though they stand behind its instant', async () => {
    const { ask, enrol, step, rows } = await start(
      '  - update: { contact.points: { add: 5 }, contact.stage: warm }\n  - record: seen\n    value: contact.points',
    );
    const id = await enrol('p');
    await step(START + 5);
    await ask(id, { name: 'do', path: 'steps.0' });
    await ask(id, { name: 'do', path: 'steps.1' });
    expect(await rows('SELECT value FROM outcomes')).toEqual([{ value: 6 }]);
    expect(await rows(`SELECT name, patches FROM events WHERE kind = 'own'`)).toMatchObject([
      { name: 'contact.updated', patches: [{ traits: { points: 6, stage: 'warm' } }] },
    ]);
  });

  it('of two journeys that add to one number at one moment neither is lost', async () => {
    const { askAll, enrol, rows } = await start('  - update: { contact.points: { add: 5 } }');
    const ids = [await enrol('p', { key: 'a' }), await enrol('p', { key: 'b' }), await enrol('p', { key: 'c' })];
    await askAll(ids.map((id) => ({ id, command: { name: 'do', path: 'steps.0' } })));
    expect(await rows(`SELECT traits->'points' AS points FROM contacts`)).toEqual([{ points: 16 }]);
  });

  it('events since the start are counted up to the instant', async () => {
    const { ask, enrol, event, step } = await start('  - record: calls\n    value: since_start("call.logged")');
    const id = await enrol('p');
    await step(START + 2 * HOUR);
    for (const minutes of [10, 20, 61]) await event('call.logged', { at: START + minutes * MINUTE });
    await ask(id, { name: 'do', path: 'steps.0', at: START + HOUR });
    expect(await stage.rows('SELECT value FROM outcomes')).toEqual([{ value: 2 }]);
  });
});

describe('a wait', () => {
  const WAIT = '  - id: order\n    wait_for: order.placed\n    within: 1d\n    then: [{ record: ordered }]';

  it('that begins late sees what was consumed before it listened (decision 6)', async () => {
    const { ask, enrol, event, step, rows } = await start(WAIT);
    const id = await enrol('p');
    await step(START + HOUR);
    await event('order.placed', { at: START + MINUTE, properties: { total: 80 } });
    expect(await ask(id, { name: 'listen', path: 'steps.0' })).toEqual({ go: 'arm', arm: 0, at: START + MINUTE });
    expect(await rows('SELECT context FROM step_answers')).toEqual([{ context: { total: 80, matched: true } }]);
    expect(await rows(`SELECT path FROM subscriptions WHERE path <> 'goal'`)).toEqual([]);
  });

  it('listens where nothing has come, and takes `else` only once its deadline has been passed (S3)', async () => {
    const { ask, enrol, event, step, rows } = await start(WAIT);
    const id = await enrol('p');
    const sleeping = { go: 'sleep', until: START + DAY, then: 'look' };
    expect(await ask(id, { name: 'listen', path: 'steps.0' })).toEqual(sleeping);
    expect(await rows('SELECT path, since, until FROM subscriptions')).toEqual([
      { path: 'steps.0', since: START, until: START + DAY },
    ]);
    expect(await rows('SELECT next_at FROM enrolments')).toEqual([{ next_at: START + DAY }]);
    await step(START + DAY + 1);
    await event('order.placed', { at: START + DAY, waits: true });
    const look = { name: 'look', path: 'steps.0', at: START + DAY } as const;
    expect((await ask(id, look)).go).toBe('again');
    await rows('DELETE FROM pending_events');
    expect(await ask(id, look)).toMatchObject({ go: 'arm', arm: 0 });
  });

  it('for a date that does not come ends after its `within`, and is passed by one that is set in time (S2)', async () => {
    const bounded = '  - id: due\n    wait: { until: contact.renewal }\n    within: 2d\n    else: [{ record: none }]';
    const { ask, enrol, event, step, rows } = await start(bounded);
    const [silent, set] = [await enrol('p'), await enrol('p', { key: 'other' })];
    for (const id of [silent, set]) {
      const sleeping = { go: 'sleep', until: START + 2 * DAY, then: 'look' };
      expect(await ask(id, { name: 'listen', path: 'steps.0' })).toEqual(sleeping);
    }
    expect(await rows('SELECT DISTINCT path FROM subscriptions')).toEqual([{ path: 'steps.0' }]);
    await step(START + 2 * DAY + 1);
    const late = { name: 'look', path: 'steps.0', at: START + 2 * DAY } as const;
    expect(await ask(silent, late)).toEqual({ go: 'otherwise', at: START + 2 * DAY });
    const patches = [{ type: 'contact' as const, id: 'ada', traits: { renewal: new Date(START).toISOString() } }];
    await event('renewed', { at: START + DAY, patches });
    expect(await ask(set, { name: 'look', path: 'steps.0', at: START + DAY })).toMatchObject({ go: 'next' });
    expect(await rows('SELECT path FROM subscriptions')).toEqual([]);
  });

  it('takes what the evaluator has matched, whatever else has come since', async () => {
    const { ask, enrol, event, step, rows } = await start(WAIT);
    const id = await enrol('p');
    await ask(id, { name: 'listen', path: 'steps.0' });
    await step(START + 3 * HOUR);
    await event('order.placed', { at: START + HOUR, messageId: 'it', properties: { total: 7 } });
    await rows(
      `INSERT INTO journey_inputs VALUES ($1, 1, 'match', 'steps.0', '', 0, cuebook_instant(${START + HOUR}), 'it')`,
      [id],
    );
    const answer = await ask(id, { name: 'look', path: 'steps.0', at: START + HOUR });
    expect(answer).toEqual({ go: 'arm', arm: 0, at: START + HOUR });
  });
});

describe('the ending', () => {
  it('is a goal’s when one has come before it was written (S19), and is asked again as that', async () => {
    const head = 'goal: { event: order.placed, within: 7d, value: event.total }';
    const { ask, enrol, event, step, rows } = await start(TASK, head);
    const id = await enrol('p');
    await step(START + HOUR);
    await event('order.placed', { at: START + MINUTE, messageId: 'it', properties: { total: 80 }, waits: true });
    const finish = { name: 'finish', path: 'finish', at: START } as const;
    const completed = { outcome: 'completed', reason: 'steps' } as const;
    const found = await ask(id, { ...finish, ending: completed });
    const ending = { outcome: 'converted', reason: 'goal', event: 'it' } as const;
    expect(found).toEqual({ go: 'end', ending, at: START + MINUTE });
    await rows('DELETE FROM pending_events');
    expect(await ask(id, { ...finish, at: START + MINUTE, ending })).toEqual({ go: 'ended', outcome: 'converted' });
    expect(await rows('SELECT outcome, reason, ended_at, next_at, goal_event, goal_at FROM enrolments')).toEqual([
      {
        outcome: 'converted',
        reason: 'goal',
        ended_at: START + MINUTE,
        next_at: null,
        goal_event: 'it',
        goal_at: START + MINUTE,
      },
    ]);
    expect(await rows('SELECT name, value FROM outcomes')).toEqual([{ name: 'converted', value: 80 }]);
    expect(await rows('SELECT path FROM subscriptions')).toEqual([]);
  });

  it('leaves a goal open that can still be met, and nothing else (G2)', async () => {
    const { ask, enrol, rows } = await start(
      TASK,
      'goal: { event: order.placed, within: 7d }\nexit_on: [contact.deleted]',
    );
    const id = await enrol('p');
    const ending = { outcome: 'completed', reason: 'steps' } as const;
    await ask(id, { name: 'finish', path: 'finish', ending });
    expect(await rows('SELECT path FROM subscriptions')).toEqual([{ path: 'goal' }]);
    expect(await rows(`SELECT name, properties->>'outcome' AS outcome FROM events`)).toEqual([
      { name: 'enrolment.ended', outcome: 'completed' },
    ]);
    expect(await rows('SELECT * FROM pending_events')).toEqual([]);
  });

  it('that was told and not signalled yet stops an effect (E5)', async () => {
    const { ask, enrol, rows } = await start(TASK);
    const id = await enrol('p');
    await rows(`INSERT INTO journey_inputs VALUES ($1, 1, 'undone', '', '', 0, cuebook_instant(${START}), 'late')`, [
      id,
    ]);
    const ending = { outcome: 'exited', reason: 'undone', event: 'late' };
    expect(await ask(id, { name: 'do', path: 'steps.0' })).toEqual({ go: 'end', ending, at: START });
    expect(await rows('SELECT * FROM tasks')).toEqual([]);
  });
});

describe('one member of a batch', () => {
  it('whose step breaks fails alone, and the log names nobody', async () => {
    const { askAll, enrol, logged } = await start(TASK);
    await stage.record('contact', 'bea', { name: 'Bea' });
    const ids = [await enrol('p'), await enrol('p', { subject: { type: 'contact', id: 'bea' } })];
    const answers = await askAll([
      { id: ids[0]!, command: { name: 'do', path: 'steps.99' } },
      { id: ids[1]!, command: { name: 'do', path: 'steps.0' } },
    ]);
    expect(answers).toMatchObject([{ go: 'failed', code: 'internal', permanent: true }, { go: 'next' }]);
    expect(logged.join('')).toContain(ids[0]);
    expect(logged.join('')).not.toMatch(/ada/i);
  });

  it('whose data PostgreSQL does not take fails alone', async () => {
    const { askAll, enrol, rows } = await start(TASK);
    const ids = [await enrol('p', { key: 'a' }), await enrol('p', { key: 'b' })];
    await rows(`ALTER TABLE tasks ADD CONSTRAINT picky CHECK (enrolment_id <> '${ids[0]}')`);
    const answers = await askAll(ids.map((id) => ({ id, command: { name: 'do', path: 'steps.0' } })));
    expect(answers.map((answer) => answer.go)).toEqual(['failed', 'next']);
    expect(await rows('SELECT enrolment_id FROM tasks')).toEqual([{ enrolment_id: ids[1] }]);
  });

  it('that waits for a subject which somebody holds does not deadlock with others', async () => {
    const { askAll, enrol, database, rows } = await start('  - update: { contact.points: { add: 1 } }');
    const held = settledLater();
    const bothWait = settledLater();
    const names = ['ada', 'bea', 'cem'];
    const ids = await Promise.all(names.map((name) => enrol('p', { subject: { type: 'contact', id: name } })));
    const command = { name: 'do', path: 'steps.0' } as const;
    const holder = database.transaction(async (client) => {
      await lockSubjects(client, names.map((id) => ({ type: 'contact' as const, id })).reverse());
      held.resolve();
      await bothWait.promise;
    });
    await held.promise;
    const asked = Promise.all([ids, ids.toReversed()].map((list) => askAll(list.map((id) => ({ id, command })))));
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await rows(waiting))[0]!.n, { timeout: 30_000 }).toBe(2);
    bothWait.resolve();
    const answers = await asked;
    await holder;
    expect(answers.flat().every((answer) => answer.go === 'next')).toBe(true);
  });
});

function settledLater() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

describe('a ghost (N4)', () => {
  it('withholds a task and a change, and writes its record marked', async () => {
    const { ask, enrol, rows } = await start(`${TASK}\n  - update: { contact.stage: warm }\n  - record: came`);
    const id = await enrol('p', { ghost: true });
    for (const path of ['steps.0', 'steps.1', 'steps.2']) await ask(id, { name: 'do', path });
    expect(await rows('SELECT kind, status, reason FROM effects ORDER BY path')).toEqual([
      { kind: 'task', status: 'refused', reason: 'holdout' },
      { kind: 'update', status: 'refused', reason: 'holdout' },
      { kind: 'record', status: 'done', reason: null },
    ]);
    expect(await rows('SELECT id FROM tasks')).toEqual([]);
    expect(await rows('SELECT name, ghost FROM outcomes')).toEqual([{ name: 'came', ghost: true }]);
    expect(await rows('SELECT name FROM events')).toEqual([]);
  });
});
