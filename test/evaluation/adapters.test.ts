/** What an evaluation says has changed is the same over a batch's rows and over a run's memory. */

import { describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import { compiled, day } from '../rules/play.ts';
import { batchAdapter, changesOf, type ScriptLine, virtualAdapter } from './adapters.ts';

const at = (time: string, days = 0) => Date.parse(day(time, days));
const steps = 'steps: [{ record: x }]\n';

interface Seen {
  kinds: string[];
  /** `<status>: <reason>` of every decision. */
  decisions: string[];
  changes: { [name: string]: Json }[];
}

/** Plays the script through both, and compares. */
function play(playbooks: string | { [name: string]: string }, script: ScriptLine[], extra?: WorkspaceFile[]): Seen {
  const workspace = compiled(playbooks, extra);
  const live = changesOf(batchAdapter(workspace), script);
  const virtual = changesOf(virtualAdapter(workspace), script);
  expect(live).toEqual(virtual);
  const changes = live as Seen['changes'];
  const decided = changes.filter(({ kind }) => kind === 'entry-decided');
  return {
    kinds: changes.map(({ kind }) => String(kind)),
    decisions: decided.map(({ status, reason }) => (reason === null ? String(status) : `${status}: ${reason}`)),
    changes,
  };
}

describe('entry', () => {
  it('refuses for its reasons, in their order', () => {
    const { decisions } = play(
      {
        gold: `trigger: { event: seen }\naudience: contact.tier == "gold"\nagain: never\n${steps}`,
        late: `trigger: { event: seen }\ntoo_late_after: 1h\nagain: after 7d\n${steps}`,
      },
      [
        { at: at('10:00'), event: 'seen' },
        { at: at('11:00'), event: 'tiered', traits: { tier: 'gold' } },
        { at: at('12:00'), journeysAt: true },
        { at: at('12:00'), event: 'seen' },
      ],
    );
    expect(decisions).toEqual(['refused: audience', 'enrolled', 'enrolled', 'refused: open']);
  });

  it('keeps a firing for which a journey has not come far enough, and decides it by what was read then', () => {
    const { decisions, kinds } = play(
      `trigger: { event: seen, key: event.cart }\naudience: contact.tier == "gold"\nagain: always\n${steps}`,
      [
        { at: at('10:00'), event: 'seen', properties: { cart: 'c1' }, traits: { tier: 'gold' } },
        { at: at('11:00'), event: 'seen', properties: { cart: 'c1' } },
        { at: at('11:00'), event: 'seen', properties: { cart: 'c2' } },
        { at: at('11:30'), event: 'tiered', traits: { tier: 'tin' } },
        { at: at('12:00'), journeysAt: true },
      ],
    );
    expect(decisions).toEqual(['enrolled', 'deferred', 'enrolled', 'refused: open']);
    expect(kinds.filter((kind) => kind === 'enrolment-started')).toHaveLength(2);
  });

  it('holds out the same subjects, and refuses marketing without consent', () => {
    const held = `trigger: { event: seen }\nholdout: 100%\n${steps}`;
    const started = play(held, [{ at: at('10:00'), event: 'seen' }]).changes[1];
    expect(started).toMatchObject({ kind: 'enrolment-started', ghost: true });
    const mail = 'trigger: { event: seen }\nsteps: [{ send: email, template: cart-reminder, class: marketing }]\n';
    expect(play(mail, [{ at: at('10:00'), event: 'seen' }]).decisions).toEqual(['refused: consent']);
    const away = { suppression: 'bounced', consent: { marketing: true } };
    expect(play(mail, [{ at: at('10:00'), event: 'seen', traits: away }]).decisions).toEqual(['refused: suppressed']);
  });

  it('counts who reads a value of the wrong type', () => {
    const { changes } = play(`trigger: { event: seen }\naudience: contact.visits > 3\n${steps}`, [
      { at: at('10:00'), event: 'seen', traits: { visits: 'many' } },
    ]);
    const example = { expression: 'contact.visits > 3', values: { 'contact.visits': 'many' } };
    expect(changes[0]).toEqual({ kind: 'wrong-types', found: [['playbook:p', example]], at: at('10:00') });
  });
});

describe('a firing that waits for its audience', () => {
  const waiting = `trigger: { event: seen }
audience: contact.tier == "gold"
if_refused: wait up to 2h
again: always
goal: { event: bought }
${steps}`;

  it('passes when a trait changes', () => {
    const { kinds } = play(waiting, [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:30'), event: 'page' },
      { at: at('11:00'), event: 'tiered', traits: { tier: 'gold' } },
      { at: at('11:10'), event: 'page' },
    ]);
    const entered = ['entry-decided', 'enrolment-started', 'system-event', 'audience-passed'];
    expect(kinds).toEqual(['entry-decided', ...entered]);
  });

  it('is refused when its time is over, or a goal came first', () => {
    const over = play(waiting, [
      { at: at('10:00'), event: 'seen' },
      { at: at('12:01'), event: 'page' },
    ]);
    expect(over.changes[1]).toMatchObject({ kind: 'audience-refused', reason: 'audience' });
    const overtaken = play(waiting, [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:30'), event: 'bought' },
    ]);
    expect(overtaken.changes[1]).toMatchObject({ kind: 'audience-refused', reason: 'overtaken' });
  });

  it('is overtaken by a late event, and let in by none', () => {
    const { changes } = play(waiting, [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:50'), event: 'page' },
      { at: at('10:20'), late: 'page' },
      { at: at('10:30'), late: 'bought' },
    ]);
    expect(changes.slice(1)).toMatchObject([{ kind: 'audience-refused', reason: 'overtaken' }]);
  });
});

describe('what enrolments wait for', () => {
  it('a goal with its value, and its exit goes with it', () => {
    const { changes } = play(
      `trigger: { event: seen }\ngoal: { event: bought, value: event.total, then: continue }\nexit_on: [left]\n${steps}`,
      [
        { at: at('10:00'), event: 'seen' },
        { at: at('11:00'), event: 'bought', properties: { total: 7 } },
        { at: at('11:00'), event: 'bought', properties: { total: 9 } },
        { at: at('12:00'), event: 'left' },
      ],
    );
    const met = changes.filter(({ kind }) => kind === 'met');
    expect(met).toMatchObject([
      { paths: ['goal'], value: 7 },
      { paths: ['exit'], input: { kind: 'exit', event: 'm4' } },
    ]);
    const ends = play(`trigger: { event: seen }\ngoal: { event: bought }\nexit_on: [bought]\n${steps}`, [
      { at: at('10:00'), event: 'seen' },
      { at: at('11:00'), event: 'bought' },
    ]);
    expect(ends.changes.filter(({ kind }) => kind === 'met')).toMatchObject([{ paths: ['goal', 'exit', 'parent'] }]);
  });

  it('what holds at the start is an exit at once, and no goal', () => {
    const { kinds, changes } = play(
      {
        exits: `trigger: { event: seen }\nexit_on: [{ becomes: contact.tier == "gold" }]\n${steps}`,
        goals: `trigger: { event: seen }\ngoal: { becomes: contact.tier == "gold", within: 7d }\n${steps}`,
      },
      [
        { at: at('10:00'), event: 'seen', traits: { tier: 'gold' } },
        { at: at('11:00'), event: 'tiered', traits: { tier: 'tin' } },
        { at: at('12:00'), event: 'tiered', traits: { tier: 'gold' } },
      ],
    );
    expect(changes.filter(({ kind }) => kind === 'met')).toMatchObject([
      { input: { kind: 'exit', at: at('10:00') } },
      { input: { kind: 'goal', at: at('12:00') } },
    ]);
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(2);
  });

  it('time alone meets a goal, at its threshold', () => {
    const { changes } = play(
      `time_zone: UTC\ntrigger: { event: seen }\ngoal: { becomes: days_since(contact.on) > 2, within: 9d }\n${steps}`,
      [
        { at: at('10:00'), event: 'seen', traits: { on: '2026-03-02' } },
        { at: at('10:00', 1), event: 'known', traits: { on: '2026-03-03' } },
        { at: at('00:00', 9), until: true },
      ],
    );
    expect(changes.filter(({ kind }) => kind === 'threshold')).toHaveLength(2);
    expect(changes.at(-1)).toMatchObject({ kind: 'met', found: { at: at('00:00', 4) } });
  });

  it('a step that waits matches, and looks again at what may have moved its deadline', () => {
    const waits = (what: string) =>
      `trigger: { event: seen }\ngoal: { event: bought, within: 9d }\nsteps: [{ wait_for: ${what}, within: 2d }]\n`;
    const { changes } = play(waits('{ event: opened }'), [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:00'), listen: true },
      { at: at('10:00'), event: 'opened' },
      { at: at('11:00'), event: 'opened' },
    ]);
    expect(changes.slice(-1)).toMatchObject([{ kind: 'met', input: { kind: 'match', arm: 0, event: 'm4' } }]);
    const { kinds } = play(waits('{ becomes: days_since(contact.on) > 2 }'), [
      { at: at('10:00'), event: 'seen', traits: { on: '2026-03-02' } },
      { at: at('10:00'), listen: true },
      { at: at('11:00'), event: 'page' },
    ]);
    expect(kinds.at(-1)).toBe('look');
  });

  it('an own event of the very instant at which the enrolment began is after it, a late one is not (E9)', () => {
    const p = `trigger: { event: seen }\nexit_on: [contact.updated]\nagain: always\n${steps}`;
    const { changes } = play(p, [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:00'), event: 'contact.updated', own: true },
    ]);
    expect(changes.at(-1)).toMatchObject({ kind: 'met', input: { kind: 'exit', at: at('10:00') } });
    const late: ScriptLine[] = [
      { at: at('10:00'), event: 'seen' },
      { at: at('10:00'), late: 'contact.updated', own: true },
    ];
    expect(play(p, late).kinds).not.toContain('met');
  });
});

describe('clocks of service levels', () => {
  const clock = '    start: asked\n    stop: answered\n    target: 2 business hours';
  const answers = {
    path: 'sla/answers.yaml',
    text: `sla: answers\nsubject: contact\ncalendar: support-eu\nclocks:\n  reply:\n${clock}`,
  };

  it('are told as system events, and their marks meet exits', () => {
    const { kinds, changes } = play(
      {
        watch: `trigger: { sla: answers.reply, mark: breach }\nagain: always\n${steps}`,
        exits: `trigger: { event: asked }\nexit_on: [{ sla: answers.reply, mark: breach }]\n${steps}`,
      },
      [
        { at: at('09:00'), event: 'asked' },
        { at: at('20:00'), until: true },
      ],
      [answers],
    );
    expect(kinds[0]).toBe('system-event');
    expect(changes.filter(({ kind }) => kind === 'met')).toMatchObject([{ input: { kind: 'exit' } }]);
  });
});
