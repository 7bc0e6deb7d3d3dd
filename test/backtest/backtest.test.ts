/** V4 and interfaces, section 3: a history through playbooks, in the order in which it would have happened. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { backtest, type Call, call, fileOf, playbooks, timeless } from './support.ts';

const CART = `trigger: { event: cart.updated, unless: order.completed, within: 90m, key: event.cart_id }
again: always
goal: { event: order.completed, within: 7d }
steps:
  - record: left
  - wait: 1d
  - record: gone
`;
const cart = (n: number, user: string, cart_id = 'c1') => call(n, 'cart.updated', user, { properties: { cart_id } });
const order = (n: number, user: string, cart_id = 'c1') =>
  call(n, 'order.completed', user, { properties: { cart_id } });

describe('what a backtest prints', () => {
  it('is a line for each firing, enrolment, effect and outcome, in order, and a summary', async () => {
    const folder = await playbooks({ cart: CART });
    const { code, lines, summary } = await backtest(folder, [await fileOf([cart(0, 'ada')])]);
    expect(code).toBe(0);
    const base = { playbook: 'cart', subject: 'ada' };
    const id = lines[1]!.id;
    expect(lines).toEqual([
      { type: 'firing', ...base, key: 'c1', at: '2026-03-02T11:30:00.000Z', evidence: ['m0'] },
      { type: 'enrolment', ...base, key: 'c1', at: '2026-03-02T11:30:00.000Z', id, refused: null },
      {
        type: 'effect',
        ...base,
        enrolment: id,
        at: '2026-03-02T11:30:00.000Z',
        step: 'steps.0',
        effect: 'record',
        record: 'left',
        refused: null,
      },
      {
        type: 'effect',
        ...base,
        enrolment: id,
        at: '2026-03-03T11:30:00.000Z',
        step: 'steps.2',
        effect: 'record',
        record: 'gone',
        refused: null,
      },
      {
        type: 'outcome',
        ...base,
        enrolment: id,
        at: '2026-03-03T11:30:00.000Z',
        outcome: 'completed',
        reason: 'steps',
        evidence: null,
      },
    ]);
    expect(timeless(summary)).toEqual({
      type: 'summary',
      events: 1,
      duplicates: 0,
      firings: 1,
      enrolments: 1,
      effects: 2,
    });
  });

  it('within one instant goes by playbook, subject and key', async () => {
    const folder = await playbooks({ b: CART, a: CART });
    const calls = [cart(0, 'zoe', 'c2'), { ...cart(0, 'zoe'), messageId: 'x' }, { ...cart(0, 'ada'), messageId: 'y' }];
    const { lines } = await backtest(folder, [await fileOf(calls)], '--only', 'firing');
    expect(lines.map(({ playbook, subject, key }) => `${playbook} ${subject} ${key}`)).toEqual([
      'a ada c1',
      'a zoe c1',
      'a zoe c2',
      'b ada c1',
      'b zoe c1',
      'b zoe c2',
    ]);
  });

  it('behind the year 9999 comes last, in the histogram too', async () => {
    const folder = await playbooks({ cart: CART });
    const far = { ...cart(0, 'ada'), timestamp: '9999-12-31T23:00:00Z' };
    const file = await fileOf([far, cart(1, 'bob')]);
    const { lines } = await backtest(folder, [file], '--only', 'firing');
    expect(lines.map(({ at }) => at)).toEqual(['2026-03-02T12:30:00.000Z', '+010000-01-01T00:30:00.000Z']);
    const { stdout } = await cuebook('backtest', folder, '--events', file);
    expect(stdout).toMatch(/Firings over time, \d+ days a line \(UTC\)\n2026-03-02 .*1\n/);
  });

  it('for people is a table, a histogram, the refusals and the busiest', async () => {
    const folder = await playbooks({ once: CART.replace('again: always', 'again: never') });
    const events = await fileOf([cart(0, 'ada'), cart(90, 'ada'), cart(100, 'bob')]);
    const { stdout } = await cuebook('backtest', folder, '--events', events);
    expect(stdout).toMatch(/^3 events in /);
    expect(stdout).toMatch(/^once +3 +2 +1 +4 record +2 completed$/m);
    expect(stdout).toMatch(/^2026-03-02 +█+ +1$/m);
    expect(stdout).toMatch(/^once +entry: again +1$/m);
    expect(stdout).toMatch(/^ada +2$/m);
  });

  it('ends where --until says, without what would have come later', async () => {
    const folder = await playbooks({ cart: CART });
    const events = await fileOf([cart(0, 'ada')]);
    const { lines } = await backtest(folder, [events], '--until', '2026-03-02T12:00:00Z');
    expect(lines.map(({ type }) => type)).toEqual(['firing', 'enrolment', 'effect']);
  });
});

describe('the same history gives the same lines, however it lies in files (V4, E2)', () => {
  const users = ['ada', 'bob', 'eve'];
  const history: Call[] = Array.from({ length: 60 }, (_, n) =>
    n % 5 === 4 ? order(n, users[n % 3]!) : cart(n, users[n % 3]!, `c${n % 2}`),
  );

  it('in order or shuffled, packed or not, in one file or in several', async () => {
    const folder = await playbooks({ cart: CART });
    const plain = await backtest(folder, [await fileOf(history)]);
    expect(plain.lines.length).toBeGreaterThan(50);
    const packed = await backtest(folder, [await fileOf(history, 'packed.ndjson')]);
    const halves = [await fileOf(history.slice(30), 'late'), await fileOf(history.slice(0, 30), 'early')];
    for (const other of [packed, await backtest(folder, halves)]) {
      expect(other.lines).toEqual(plain.lines);
      expect(timeless(other.summary)).toEqual(timeless(plain.summary));
    }
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(history, { minLength: history.length }), async (shuffled) => {
        expect((await backtest(folder, [await fileOf(shuffled)])).lines).toEqual(plain.lines);
      }),
      { numRuns: 5 },
    );
  });

  it('of several with one messageId the first counts; without one, equal lines are as many events', async () => {
    const folder = await playbooks({ seen: 'trigger: { event: seen }\nagain: always\nsteps: [{ record: seen }]' });
    const { messageId: _, ...unnamed } = call(1, 'seen', 'ada');
    const calls = [call(0, 'seen', 'ada'), call(0, 'seen', 'bob'), unnamed, unnamed];
    const { lines, summary } = await backtest(folder, [await fileOf(calls)], '--only', 'firing');
    expect(lines.map(({ subject }) => subject)).toEqual(['ada', 'ada', 'ada']);
    expect(summary).toMatchObject({ events: 3, duplicates: 1, firings: 3 });
  });

  it('a bad line is said with its place, loses nothing else, and ends with 1', async () => {
    const folder = await playbooks({ cart: CART });
    const undated = { event: 'cart.updated', userId: 'ada' };
    const file = await fileOf(['{ "event":', cart(0, 'ada'), undated]);
    const { code, lines, summary } = await backtest(folder, [file]);
    expect(code).toBe(1);
    expect(lines.filter(({ type }) => type === 'refused')).toMatchObject([
      { file, line: 1, code: 'invalid_field' },
      { file, line: 3, code: 'missing_field', pointer: '/timestamp' },
    ]);
    expect(summary).toMatchObject({ events: 1, refused_lines: 2, firings: 1 });
    const shown = await cuebook('backtest', folder, '--events', file);
    expect(shown.stderr).toContain(`${file}:1 invalid_field`);
  });
});

describe('it goes through the same code as a playbook’s own tests (V2, V4)', () => {
  it('gives the lines that a test expects', async () => {
    const events = [cart(0, 'ada'), cart(40, 'ada'), order(41, 'ada')];
    const written = events.map(({ timestamp, event, properties }) =>
      JSON.stringify({ at: timestamp, event, ...(properties as object) }),
    );
    const text = `${CART}tests:
  - it: reminds
    contact: { id: ada }
    events: [${written.join(', ')}]
    until: 2026-04-02T00:00:00Z
    expect:
      - { at: 2026-03-02T11:30:00Z, record: left }
      - { at: 2026-03-03T11:30:00Z, record: gone }
      - { at: 2026-03-03T11:30:00Z, outcome: completed }
      - { at: 2026-03-04T03:00:00Z, outcome: converted, after_end: true }
`;
    const folder = await playbooks({ cart: text });
    const { stdout } = await cuebook('test', folder);
    expect(stdout).toContain('1 passed, 0 failed');
    const { lines } = await backtest(folder, [await fileOf(events)], '--only', 'effect,outcome');
    expect(lines.map(({ at, effect, record, outcome }) => `${at} ${effect ?? outcome} ${record ?? ''}`.trim())).toEqual(
      [
        '2026-03-02T11:30:00.000Z record left',
        '2026-03-03T11:30:00.000Z record gone',
        '2026-03-03T11:30:00.000Z completed',
        '2026-03-04T03:00:00.000Z converted',
      ],
    );
  });

  it('assign names the rule, not the person, and leaves the owner who it was (V4)', async () => {
    const text = `subject: deal
trigger: { event: deal.created }
steps:
  - assign: owner
    by: [territory, round_robin]
    among: sales
  - record: owner
    value: deal.owner
`;
    const people = 'person: kim\nname: Kim\nemail: kim@example.com\nrole: sales\n';
    const folder = await playbooks({ deals: text, 'people/kim': people });
    const created = call(0, 'deal.created', 'ada', { dealId: 'd1', properties: { deal: { owner: 'old' } } });
    const { lines } = await backtest(folder, [await fileOf([created])], '--only', 'effect');
    expect(lines).toMatchObject([
      { assign: 'owner', by: ['territory', 'round_robin'] },
      { record: 'owner', value: 'old' },
    ]);
    expect(lines[0]).not.toHaveProperty('to');
  });
});

describe('what a change would have changed', () => {
  const history = [cart(0, 'ada'), cart(1, 'bob'), order(2, 'bob'), cart(3, 'eve')];

  it('--compare says whom it reaches anew, and whom no more', async () => {
    const before = await playbooks({ cart: CART });
    const after = await playbooks({
      cart: `${CART}audience: contact.id != "ada"\n`.replace('within: 90m', 'within: 30m'),
    });
    const { lines } = await backtest(before, [await fileOf(history)], '--compare', after, '--only', 'firing');
    expect(lines.at(-1)).toEqual({
      type: 'compare',
      playbook: 'cart',
      both: 1,
      onlyBefore: ['ada'],
      onlyAfter: ['bob'],
    });
    const { stdout } = await cuebook('backtest', before, '--compare', after, '--events', await fileOf(history));
    expect(stdout).toContain('cart: 1 reached by both, 1 no more, 1 new');
  });

  it('--compare takes a changed playbook that lies alone, and names it where it lies', async () => {
    const before = await playbooks({ cart: CART });
    const alone = await mkdtemp(join(tmpdir(), 'cuebook-alone-'));
    const file = join(alone, 'cart.yaml');
    const present = await readFile(join(before, 'cart.yaml'), 'utf8');
    await writeFile(file, present.replace('within: 90m', 'within: 30m'));
    const events = await fileOf(history);
    const { stdout } = await cuebook('backtest', before, '--compare', file, '--events', events);
    expect(stdout).toContain('cart: 2 reached by both, 0 no more, 1 new');
    await writeFile(file, present.replace('within: 90m', 'within: soon'));
    const faulty = await cuebook('backtest', before, '--compare', file, '--events', events);
    expect(faulty).toMatchObject({ code: 1, stderr: expect.stringContaining('cart.yaml') });
    expect(faulty.stderr).toContain(file);
    expect(faulty.stderr).not.toContain(join(before, 'cart.yaml'));
    await rm(alone, { recursive: true });
  });

  it('--vary counts each value of a window', async () => {
    const folder = await playbooks({ cart: CART });
    const { lines } = await backtest(folder, [await fileOf(history)], '--vary', 'within=30m,2h');
    expect(lines).toMatchObject([
      { type: 'variant', key: 'within', value: '30m', firings: 3, enrolments: 3 },
      { type: 'variant', key: 'within', value: '2h', firings: 2, enrolments: 2 },
    ]);
  });

  it('a key that stands in no trigger, and a value that makes no sense, are said', async () => {
    const folder = await playbooks({ cart: CART });
    const file = await fileOf(history);
    const nowhere = await cuebook('backtest', folder, '--events', file, '--vary', 'at_least=1,2');
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('No trigger of cart has `at_least`') });
    const senseless = await cuebook('backtest', folder, '--events', file, '--vary', 'within=soon');
    expect(senseless).toMatchObject({ code: 1, stderr: expect.stringContaining('soon') });
  });

  it('near misses: how many missed by little, and by what', async () => {
    const folder = await playbooks({
      cart: CART.replace('90m', '65m'),
      thrice: 'trigger: { event: cart.updated, at_least: 3, within: 1d }\nsteps: [{ record: x }]',
      quiet: 'trigger: { inactive: order.completed, for: 10h }\nsteps: [{ record: x }]',
    });
    const calls = [
      cart(0, 'ada'),
      order(1, 'ada'),
      order(10.5, 'ada'),
      cart(11, 'ada'),
      cart(40, 'bob'),
      cart(41, 'bob'),
      cart(42, 'bob'),
    ];
    const { summary } = await backtest(folder, [await fileOf(calls)]);
    expect(summary.near_misses).toEqual([
      { playbook: 'cart', by: 'the last tenth of `within`', count: 1 },
      { playbook: 'quiet', by: 'the last tenth of `for`', count: 1 },
      { playbook: 'thrice', by: '2 of 3', count: 1 },
    ]);
  });
});

describe('wrong use is said, with what to do', () => {
  it.each([
    [[], 'Give either --events FILE… or --store.'],
    [['--store', '--events', 'x'], 'Give either --events FILE… or --store.'],
    [['--events', 'x', '--from', '2026-03-02T10:00:00Z'], 'give --until'],
    [['--events', 'missing.ndjson'], 'missing.ndjson cannot be read'],
    [['--events', '-', '-'], 'Standard input is named twice'],
  ])('%j', async (options, says) => {
    const folder = await playbooks({ cart: CART });
    const { code, stderr } = await cuebook('backtest', folder, ...options);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });

  it('playbooks that do not compile are shown, and end with 1', async () => {
    const folder = await playbooks({ cart: CART.replace('unless', 'unles') });
    const { code, stderr } = await cuebook('backtest', folder, '--events', await fileOf([cart(0, 'ada')]));
    expect(stderr).toContain('cart.yaml:2');
    expect(code).toBe(1);
  });
});
