/** `never` over generated histories (V3). */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';

const REMINDER = '---\nsubject: Still there\n---\nYour basket waits.\n';

/** The result of the only test of a playbook. */
function resultOf(playbook: string, test: string) {
  const files = [
    {
      path: 'p.yaml',
      text: `playbook: p\n${playbook}tests:\n  - it: t\n    contact: { id: ada, email: ada@example.com }\n${test}`,
    },
    { path: 'templates/basket.txt', text: REMINDER },
  ];
  const { versions, tests, diagnostics, workspace } = compileWorkspace(files, registry);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return runTest(versions[0]!, tests.get('p')![0]!, workspace.people);
}

const steps = (...first: string[]) =>
  `steps:\n${[...first, '- { send: email, template: basket, class: transactional }'].map((s) => `  ${s}\n`).join('')}`;
const basket = (more: string) => `trigger: { event: cart.updated }\n${more}${steps('- wait: 1h')}`;
const NEVER = '    never: { send: basket, after: order.completed, until: cart.updated }\n';
const FOR_ALL = '    for_all: { events: [cart.updated, order.completed], within: 2d, at_most: 6 }\n';

describe('never', () => {
  it('finds the shortest history that breaks it, and shows it as it can be pasted', () => {
    const { passed, faults } = resultOf(basket(''), NEVER + FOR_ALL);
    expect(passed).toBe(false);
    const [fault] = faults;
    expect(fault).toContain('came, and is never to:\n  - { at: 2026-01-05T01:00:00Z, send: basket, to: ada }');
    expect(fault).toContain('after `order.completed` at ');
    const history = fault!.split('the shortest history that breaks it:\n')[1]!.split('\nall that came')[0]!;
    expect(history.split('\n')).toEqual([
      '  - { at: 2026-01-05T00:00:00Z, event: cart.updated }',
      expect.stringMatching(/^ {2}- \{ at: 2026-01-05T0[01]:\S+, event: order\.completed \}$/),
    ]);
  });

  it('holds where an order ends the journey, up to the very instant of the mail', () => {
    expect(resultOf(basket('exit_on: [{ event: order.completed }]\nagain: always\n'), NEVER + FOR_ALL)).toMatchObject({
      passed: true,
      faults: [],
    });
  });

  it('without `until` means for ever: a new basket after the order breaks it', () => {
    const never = '    never: { send: basket, after: order.completed }\n';
    const exit = 'exit_on: [{ event: order.completed }]\nagain: always\n';
    const { passed, faults } = resultOf(basket(exit), never + FOR_ALL);
    expect(passed).toBe(false);
    expect(faults[0]).toMatch(/event: order\.completed \}\n {2}- \{ at: \S+, event: cart\.updated \}\nall that came/);
  });

  it('goes by the key: the order of one basket says nothing of another', () => {
    const keyed = (exit: string) =>
      `trigger: { event: cart.updated, key: event.basket }\nexit_on: [{ event: order.completed${exit} }]\n${steps('- wait: 1h')}`;
    const forAll =
      '    for_all: { events: [{ event: cart.updated, basket: [a, b] }, { event: order.completed, basket: [a, b] }], within: 2d, at_most: 6 }\n';
    expect(resultOf(keyed(''), NEVER + forAll).faults).toEqual([]);
    // An exit by somebody else's basket alone leaves the own one open.
    const { passed, faults } = resultOf(keyed(', where: event.basket == "b"'), NEVER + forAll);
    expect(passed).toBe(false);
    expect(faults[0]).toMatch(/event: cart\.updated, basket: a \}\n.*event: order\.completed, basket: a \}\nall/);
  });

  it('finds what breaks only near a length that the playbook says', () => {
    // An order within the hour ends it, and one that comes in the ten minutes before the mail does not.
    const late = `trigger: { event: cart.updated }\nagain: always\n${steps(
      '- { wait_for: { event: order.completed }, within: 50m, then: [{ exit: bought }] }',
      '- wait: 10m',
    )}`;
    const { passed, faults } = resultOf(late, NEVER + FOR_ALL);
    expect(passed).toBe(false);
    expect(faults[0]).toMatch(/after `order\.completed` at 2026-01-05T00:5\d:/);
  });

  it('counts from the events that the test says itself', () => {
    const own = '    events: [{ at: "2026-03-02T10:00:00Z", event: order.completed }]\n';
    const never = '    never: { send: basket, after: order.completed }\n';
    const { passed, faults } = resultOf(basket(''), own + never + FOR_ALL);
    expect(passed).toBe(false);
    expect(faults[0]).toContain(
      '  - { at: 2026-03-02T10:00:00Z, event: order.completed }\n  - { at: 2026-03-02T10:00:01Z, event: cart.updated }\nall',
    );
  });

  it('does not pass where it could not fail', () => {
    const none = '    for_all: { events: [page.viewed, order.completed], within: 2d, at_most: 6 }\n';
    const { passed, faults } = resultOf(basket(''), NEVER + none);
    expect(passed).toBe(false);
    expect(faults[0]).toContain(
      'in none of 300 histories did `send: basket` come, at any time: the test could not fail',
    );
    const ever = resultOf(basket(''), `    never: { outcome: exited }\n${none}`);
    expect(ever.faults[0]).toContain('in none of 300 histories did the playbook begin');
  });

  it('says what is not taken of an event that it makes', () => {
    const bad = '    for_all: { events: [{ event: cart.updated, userId: [{ id: 1 }] }], within: 2d, at_most: 2 }\n';
    expect(resultOf(basket(''), NEVER + bad).faults[0]).toContain('the event is not taken');
  });

  it('tells the same every time', () => {
    expect(resultOf(basket(''), NEVER + FOR_ALL)).toEqual(resultOf(basket(''), NEVER + FOR_ALL));
  });

  it('beside `expect`: both must hold', () => {
    const both = (expected: string) =>
      resultOf(
        basket('exit_on: [{ event: order.completed }]\nagain: always\n'),
        `    events: [{ at: "2026-03-02T10:00:00Z", event: cart.updated }]\n    expect: ${expected}\n${NEVER}${FOR_ALL}`,
      );
    expect(both('[{ at: "2026-03-02T11:00:00Z", send: basket }, { outcome: completed }]').faults).toEqual([]);
    expect(both('nothing').passed).toBe(false);
  });
});
