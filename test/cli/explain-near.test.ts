/** `explain` says of each condition what it still needs, now and as it was known at an instant of before (V5). */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../language/model.ts';
import { conditions } from '../../triggers/conditions.ts';
import { type System, startSystem } from '../support/system.ts';
import { cuebook, jsonLines } from './run-command.ts';

const MONDAY = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TRIGGERS: { [name: string]: string } = {
  thrice: '{ event: mail.logged, where: event.kind == "follow-up", at_least: 3, within: 7d }',
  monthly: '{ event: mail.logged, at_least: 9, within: calendar month }',
  cart: '{ event: cart.updated, unless: order.completed, within: 2h, key: event.cart }',
  few: '{ event: lead.created, fewer_than: 2, of: mail.logged, within: 30d }',
  path: '{ sequence: [lead.created, demo.booked, demo.held], within: 30d }',
  quiet: '{ inactive: order.completed, for: 90d }',
  falls:
    '{ metric: { sum: event.units, event: usage.reported }, over: 2d, drops: 50%, compared_with: 4d, only_if_baseline: 10 }',
  renewal: '{ date: contact.renews_on, offset: -30d, at: "09:00" }',
  undated: '{ date: contact.trial_ends }',
  rich: '{ becomes: contact.spent >= 100 }',
  in: '{ enters: big }',
  out: '{ leaves: big }',
  plan: '{ changes: contact.plan, to: pro }',
  weekly: '{ schedule: monday at "09:00", time_zone: subject }',
  once: '{ event: order.completed, where: event.total > 500 }',
  started: '{ run: only }',
  sla: '{ sla: answers.first, mark: 80% }',
};
const FIVE = '{ event: mail.logged, at_least: 5, within: 7d }';
let system: System;
let folder: string;

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(folder, path), text);
}

const track = (event: string, properties: { [name: string]: Json } = {}) => ({
  type: 'track',
  userId: 'u1',
  event,
  properties,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  for (const inner of ['segments', 'sla', 'calendars']) await mkdir(join(folder, inner));
  for (const [name, trigger] of Object.entries(TRIGGERS)) {
    await write(`${name}.yaml`, `playbook: ${name}\nagain: always\ntrigger: ${trigger}\nsteps: [{ record: seen }]\n`);
  }
  await write('segments/contacts.yaml', 'subject: contact\nsegments: { big: contact.spent >= 1000 }\n');
  await write('calendars/office.yaml', 'calendar: office\ntime_zone: UTC\nhours: { mon-sun: ["00:00-24:00"] }\n');
  await write(
    'sla/answers.yaml',
    'sla: answers\nsubject: contact\ncalendar: office\nclocks:\n  first: { start: question.asked, stop: question.answered, target: { default: 4h } }\n',
  );
  await write('settings.yaml', 'time_zone: UTC\n');
  system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: MONDAY } });
  vi.stubEnv('DATABASE_URL', system.database.pool.options.connectionString!);
  const traits = { spent: 40, plan: 'free', renews_on: '2026-06-01', time_zone: 'Europe/Berlin' };
  await system.post([{ type: 'identify', userId: 'u1', traits }, track('mail.logged', { kind: 'follow-up' })]);
  await system.post([
    track('lead.created'),
    track('usage.reported', { units: 30 }),
    track('cart.updated', { cart: 'c1' }),
  ]);
  await system.step(MONDAY + HOUR);
  await system.post([track('order.completed', { total: 20 })]);
  await system.step(MONDAY + 3 * DAY);
  await system.post([track('mail.logged', { kind: 'follow-up' }), track('mail.logged', { kind: 'note' })]);
  await system.post([track('demo.booked'), track('question.asked')]);
  await system.step(MONDAY + 3 * DAY + HOUR);
  await system.post([track('question.answered'), track('cart.updated', { cart: 'c2' })]);
  await system.step(MONDAY + 3 * DAY + 2 * HOUR);
}, 180_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system.stop();
  await rm(folder, { recursive: true });
});

async function why(playbook: string, at?: number): Promise<string[]> {
  const asOf = at === undefined ? [] : ['--at', new Date(at).toISOString()];
  const { stdout } = await cuebook('explain', '--subject', 'u1', '--playbook', playbook, ...asOf);
  return stdout.split('\n').flatMap((line) => (/^ {2}(?!has not fired|waits|\d{4}-)/.test(line) ? [line.trim()] : []));
}

describe('why nothing fired', () => {
  it('every condition is asked here', () => {
    const asked = Object.values(TRIGGERS).join();
    const keys = conditions.map(({ keys: [first] }) => first!);
    expect(keys.filter((key) => !asked.includes(`${key}:`))).toEqual([]);
  });

  it('a count says what it had, by the clocks of whom it is about', async () => {
    expect(await why('thrice')).toEqual([
      'needs 3 × mail.logged where event.kind == "follow-up" in 7 d; had 2: Monday 2026-03-02 11:00, Thursday 2026-03-05 11:00',
      'mail.logged of Thursday 2026-03-05 11:00 does not fit `event.kind == "follow-up"`: event.kind = "note"',
    ]);
    expect(await why('monthly')).toEqual([
      'needs 9 × mail.logged in one calendar month; had 3: Monday 2026-03-02 11:00, Thursday 2026-03-05 11:00, Thursday 2026-03-05 11:00',
    ]);
  });

  it('and what has left the window by a later instant', async () => {
    expect((await why('thrice', MONDAY + 8 * DAY)).slice(0, 2)).toEqual([
      'needs 3 × mail.logged where event.kind == "follow-up" in 7 d; had 1: Thursday 2026-03-05 11:00',
      'that of Monday 2026-03-02 11:00 left the window Monday 2026-03-09 11:00',
    ]);
  });

  it('as it was known at an instant of before, what came later is not', async () => {
    expect(await why('thrice', MONDAY + DAY)).toEqual([
      'needs 3 × mail.logged where event.kind == "follow-up" in 7 d; had 1: Monday 2026-03-02 11:00',
    ]);
    expect(await why('path', MONDAY + DAY)).toEqual([
      '1 of 3 came in order; needs demo.booked next, and the last by Wednesday 2026-04-01 12:00',
    ]);
    expect(await why('sla', MONDAY + DAY)).toEqual(['the clock answers.first has not started']);
  });

  it('a watch says what opened and what closed it, by key', async () => {
    expect(await why('cart')).toEqual([
      'key c2: cart.updated of Thursday 2026-03-05 12:00 opened it; it looks at Thursday 2026-03-05 14:00 whether order.completed has come',
      'key c1: cart.updated of Monday 2026-03-02 11:00 opened it, and order.completed closed it at Monday 2026-03-02 12:00, 1 h before its time was over',
    ]);
    expect((await why('few'))[0]).toMatch(
      /^lead\.created of Monday 2026-03-02 11:00 opened it, and number 2 of mail\.logged closed it at Thursday/,
    );
  });

  it.each([
    ['path', '2 of 3 came in order; needs demo.held next, and the last by Wednesday 2026-04-01 12:00'],
    [
      'quiet',
      'the last order.completed came at Monday 2026-03-02 12:00; it fires at Sunday 2026-05-31 13:00 if none comes before',
    ],
    ['renewal', '`contact.renews_on` is "2026-06-01": it fires at Saturday 2026-05-02 09:00'],
    ['undated', '`contact.trial_ends` is missing: without a date there is no moment'],
    ['rich', 'it has not turned: contact.spent >= 100 = false, contact.spent = 40'],
    ['in', 'it has not turned: contact.spent >= 1000 = false, contact.spent = 40'],
    ['started', 'it never fires by itself: a step of another playbook starts it'],
    ['weekly', 'it comes next at Monday 2026-03-09 09:00'],
    ['once', 'order.completed of Monday 2026-03-02 12:00 does not fit `event.total > 500`: event.total = 20'],
  ])('%s says what it still needs', async (playbook, words) => {
    expect(await why(playbook)).toEqual([words]);
  });

  it('so do falls, changes, segments that are left, and clocks', async () => {
    expect((await why('falls'))[0]).toMatch(
      /^so far the last 2 d come to \d+ against a baseline of \d+: .*50 % is needed; it looks next at /,
    );
    expect((await why('plan'))[0]).toBe('it has not changed since it is known: contact.plan = "free"');
    expect((await why('out'))[0]).toMatch(/contact\.spent = 40$/);
    expect((await why('sla'))[0]).toBe(
      'the clock answers.first started at Thursday 2026-03-05 11:00 and ended at Thursday 2026-03-05 12:00: met',
    );
  });

  it('programs get it as a line of its own', async () => {
    const { stdout } = await cuebook('explain', '--subject', 'u1', '--playbook', 'thrice', '--json');
    const [line] = jsonLines(stdout).filter(({ type }) => type === 'standing');
    expect(line).toMatchObject({
      playbook: 'thrice',
      arm: 0,
      unfitting: [{ event: 'mail.logged', values: { 'event.kind': 'note' } }],
    });
  });
});

describe('of an instant of before, by what was deployed then', () => {
  it('another trigger since changes nothing of it', async () => {
    const then = MONDAY + 3 * DAY + 2 * HOUR;
    await system.step(then + HOUR);
    await write('thrice.yaml', `playbook: thrice\nagain: always\ntrigger: ${FIVE}\nsteps: [{ record: seen }]\n`);
    expect((await cuebook('deploy', folder)).code).toBe(0);
    expect((await why('thrice', then))[0]).toContain(
      'needs 3 × mail.logged where event.kind == "follow-up" in 7 d; had 2',
    );
    expect((await why('thrice', then + 2 * HOUR))[0]).toContain('needs 5 × mail.logged in 7 d; had 3');
    expect((await why('thrice'))[0]).toContain('needs 5 × mail.logged in 7 d; had 3');
  });

  it('nor does that it is gone; and before its first deployment there was none', async () => {
    const then = MONDAY + 3 * DAY + 2 * HOUR;
    await rm(join(folder, 'cart.yaml'));
    expect((await cuebook('deploy', folder)).code).toBe(0);
    expect((await why('cart', then)).join()).toContain('cart.updated');
    const before = await cuebook('explain', '--subject', 'u1', '--playbook', 'cart', '--at', '2026-03-01T00:00:00Z');
    expect(before.stdout).toContain('cart was not deployed then.');
  });
});
