/** Rings of playbooks that feed each other are warned of before they run (N1). */
import { describe, expect, it } from 'vitest';
import { compileOne } from '../workspace.ts';

/** The warnings of the last of some playbooks, which are named by their order: a, b, …. */
function warnings(...playbooks: string[]): string[] {
  const files = playbooks.map((text, i) => ({
    path: `${'abc'[i]}.yaml`,
    text: `playbook: ${'abc'[i]}\n${text}\n`,
  }));
  const last = files.pop()!;
  const { diagnostics } = compileOne(last.text, { name: last.path.replace('.yaml', ''), extra: files });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return diagnostics.filter(({ file }) => file.endsWith(last.path)).map(({ code, message }) => `${code} ${message}`);
}

const always = (trigger: string, ...steps: string[]) => again('always', trigger, ...steps);
const again = (how: string, trigger: string, ...steps: string[]) =>
  `again: ${how}\ntrigger: ${trigger}\nsteps:\n${steps.map((step) => `  - ${step}`).join('\n')}`;
const MAIL = '{ send: email, template: cart-reminder, class: transactional }';
const POINTS = 'update: { contact.points: { add: 1 } }';

describe('a playbook that feeds itself', () => {
  it('is told by which event and step', () => {
    expect(warnings(always('{ event: email.sent }', 'wait: 1m', MAIL))).toEqual([
      'CB610 the playbook feeds itself: its own `email.sent` (steps.1) fires it again',
    ]);
    expect(warnings(always('{ event: contact.updated }', POINTS))[0]).toContain('`contact.updated` (steps.0)');
    expect(warnings(always('{ event: enrolment.ended }', 'record: x'))[0]).toContain('its own `enrolment.ended` fires');
    expect(warnings(always('{ inactive: email.sent, for: 30d }', MAIL))[0]).toContain('CB610');
    expect(
      warnings(`subject: ticket\n${always('{ event: ticket.updated }', 'escalate: ticket\n    priority: high')}`),
    ).toHaveLength(1);
  });

  it('also by a trait that it writes back and forth', () => {
    const toAndFro = ['update: { contact.flag: 0 }', 'update: { contact.flag: 1 }'];
    expect(warnings(always('{ becomes: contact.flag == 1 }', ...toAndFro))).toHaveLength(1);
    expect(warnings(always('{ becomes: contact.flag == 1 }', toAndFro[1]!))).toEqual([]);
  });

  it('is none where it enters once, or not so soon', () => {
    expect(warnings(again('never', '{ event: email.sent }', MAIL))).toEqual([]);
    expect(warnings(again('after 7d', '{ event: contact.updated }', 'wait: 6d', POINTS))).toEqual([]);
    expect(warnings(again('after 7d', '{ event: contact.updated }', 'wait: 7d', POINTS))).toHaveLength(1);
  });

  it('is none where its condition leaves out what it does itself', () => {
    expect(warnings(always('{ event: email.sent, where: event.playbook != "a" }', MAIL))).toEqual([]);
    expect(warnings(always('{ event: email.sent, where: event.playbook == "welcome" }', MAIL))).toEqual([]);
    expect(warnings(always('{ event: email.sent, where: event.template == "other" }', MAIL))).toEqual([]);
    expect(warnings(always('{ event: email.sent, where: event.template == "cart-reminder" }', MAIL))).toHaveLength(1);
  });

  it('is none where its own event only ends the wait, or stands on another timeline', () => {
    expect(warnings(always('{ event: seen, unless: email.sent, within: 1d }', MAIL))).toEqual([]);
    const ofDeal = `subject: deal\n${always('{ event: email.sent }', MAIL)}`;
    expect(warnings(ofDeal)).toEqual([]);
  });
});

describe('a ring of several', () => {
  const a = always('{ event: task.created }', POINTS);
  const b = always('{ event: contact.updated }', 'task: Call\n    assign: kim\n    due: 1d');

  it('is named at each of its playbooks', () => {
    expect(warnings(a, b)).toEqual([
      'CB610 playbooks feed each other in a ring: b → a → b, by `contact.updated` (steps.0) of `a`',
    ]);
    expect(warnings('trigger: { event: seen }\nsteps: [{ record: x }]', a)).toEqual([]);
  });

  it('may go by traits that turn', () => {
    const hot = always('{ becomes: contact.stage == "hot" }', 'wait: 1d', 'update: { contact.stage: cold }');
    const cold = always('{ becomes: contact.stage == "cold" }', 'wait: 1d', 'update: { contact.stage: hot }');
    const lost = always('{ becomes: contact.stage == "cold" }', 'wait: 1d', 'update: { contact.stage: lost }');
    expect(warnings(hot, cold)[0]).toContain('b → a → b');
    expect(warnings(hot, lost)).toEqual([]);
  });
});
