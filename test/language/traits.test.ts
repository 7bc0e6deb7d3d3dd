/** Files of computed traits (T14): what compiles, and what a mistake is told. */
import { describe, expect, it } from 'vitest';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { traitShapes } from '../../language/compile/traits/trait-shapes.ts';
import type { ComputedTrait } from '../../language/model.ts';
import { compileOne, registry } from './workspace.ts';

const PLAYBOOK = 'playbook: p\ntrigger: { event: a }\nsteps: [{ record: x }]\n';

function compileFiles(...texts: string[]) {
  const extra = texts.map((text, i) => ({ path: `traits/own-${i}.yaml`, text }));
  return compileOne(PLAYBOOK, { extra });
}

/** `CB251 3:3 the trait …; hint`, of one file whose traits are these lines. */
function faults(...lines: string[]): string[] {
  const { diagnostics } = compileFiles(`subject: contact\ntraits:\n  ${lines.join('\n  ')}\n`);
  return diagnostics.map((d) => `${d.code} ${d.line}:${d.column} ${d.message}; ${d.hint}`);
}

function traitsOf(...lines: string[]): ComputedTrait[] {
  const { diagnostics, workspace } = compileFiles(`subject: contact\ntraits:\n  ${lines.join('\n  ')}\n`);
  expect(diagnostics).toEqual([]);
  return workspace.traits.filter((trait) => trait.subject === 'contact');
}

/** One of each kind that people write. */
const EVERY_KIND = [
  'features_used: { formula: size(contact.features) }',
  'features: { unique: event.feature, event: feature.used, over: ever }',
  'reports_uses: { count: true, event: feature.used, where: event.feature == "reports", over: ever }',
  'last_touched: { last: event.at, event: [call.logged, mail.logged, meeting.logged], over: ever }',
  'score:',
  '  score:',
  '    - { event: page, where: event.path == "/pricing", points: 20 }',
  '    - { event: order, points: event.total / 10 }',
  '  half_life: 14d',
  'churn_risk:',
  '  score: [{ event: ticket.created, points: 20 }, { event: login, points: -5 }]',
  '  half_life: 30d',
  '  predicts: { event: subscription.cancelled, within: 30d, when: contact.churn_risk >= 50 }',
  'stage:',
  '  tiers:',
  '    - { if: contact.orders >= 1, is: customer }',
  '    - { if: contact.score >= 40, is: 3 }',
  '    - { else: false }',
  'orders: { count: true, event: order.completed }',
  'order_gap: { average_gap: true, event: order.completed, over: ever }',
  'bought: { unique: "event.items.map(i, i.product_id)", event: order.completed, over: 365d }',
  'this_month: { sum: event.units, event: usage.reported, over: calendar month }',
  'opened: { count: true, event: email.opened, of: email.sent, by: event.message, over: last 5 }',
  'days_to_next: { formula: contact.order_gap - days_since(contact.last_touched) }',
];

describe('every way to compute a trait', () => {
  it('compiles to plain JSON', () => {
    const traits = traitsOf(...EVERY_KIND);
    expect(JSON.parse(JSON.stringify(traits))).toEqual(traits);
    const named = Object.fromEntries(traits.map((trait) => [trait.name, trait]));
    expect(named.orders).not.toHaveProperty('overMs');
    expect(named.bought).toMatchObject({ kind: 'unique', overMs: 365 * 86_400_000 });
    expect(named.this_month).toMatchObject({ overMonth: true });
    expect(named.opened).toMatchObject({
      overLast: 5,
      by: { cel: 'event.message' },
      events: [{ event: 'email.opened' }, { event: 'email.sent', of: true }],
    });
    expect(named.score).toMatchObject({
      halfLifeMs: 14 * 86_400_000,
      events: [
        { event: 'page', row: 0, points: { cel: '20' } },
        { event: 'order', row: 1, points: { cel: 'event.total / 10' } },
      ],
    });
    expect(named.stage?.tiers).toMatchObject({ rows: [{ is: 'customer' }, { is: 3 }], otherwise: false });
    expect(named.churn_risk?.predicts).toMatchObject({
      events: [{ event: 'subscription.cancelled' }],
      withinMs: 30 * 86_400_000,
    });
  });

  it('has an example that compiles', () => {
    for (const { example } of traitShapes(registry)) expect(faults(example)).toEqual([]);
  });

  it('is known to editors by its keys', () => {
    const schema = fileJsonSchema('traits', registry) as {
      properties: { traits: object };
      $defs: { trait: { anyOf: { title: string; required: string[]; additionalProperties: boolean }[] } };
    };
    const forms = schema.$defs.trait.anyOf;
    expect(forms.map((form) => form.title)).toEqual(traitShapes(registry).map((form) => form.kind));
    for (const form of forms) expect(form).toMatchObject({ additionalProperties: false });
    expect(forms.find((form) => form.title === 'sum')?.required.sort()).toEqual(['event', 'sum']);
    expect(forms.find((form) => form.title === 'score')?.required.sort()).toEqual(['half_life', 'score']);
    expect(schema.properties.traits).toMatchObject({ additionalProperties: { $ref: '#/$defs/trait' } });
  });
});

describe('a version pins what it leans on (V1)', () => {
  const files = [
    'subject: contact\ntraits:\n  top: { tiers: [{ if: contact.middle > 1, is: 1 }] }\n  middle: { formula: contact.score + account.seats }\n  other: { count: true, event: z }\n',
    'subject: contact\ntraits:\n  score: { score: [{ event: a, points: contact.factor * 2 }], half_life: 1d }\n  factor: { last: event.n, event: f }\n',
    'subject: account\ntraits:\n  seats: { last: event.seats, event: bought }\n',
  ];
  const versionOf = (texts: string[]) => {
    const extra = texts.map((text, i) => ({ path: `traits/own-${i}.yaml`, text }));
    const text = 'playbook: p\ntrigger: { event: a, where: contact.top == 1 }\nsteps: [{ record: x }]\n';
    const { versions, diagnostics } = compileOne(text, { extra });
    expect(diagnostics).toEqual([]);
    return versions[0]!;
  };

  it('traits of formulas, tiers, points and relations come along, others do not', () => {
    const names = versionOf(files).traits.map((trait) => `${trait.subject}.${trait.name}`);
    expect(names.sort()).toEqual(['account.seats', 'contact.factor', 'contact.middle', 'contact.score', 'contact.top']);
  });

  it('and a change of one changes the trigger (T18)', () => {
    const changed = files.map((text) => text.replace('* 2', '* 3'));
    expect(versionOf(changed).playbook.trigger.hash).not.toBe(versionOf(files).playbook.trigger.hash);
    const other = files.map((text) => text.replace('event: z', 'event: y'));
    expect(versionOf(other).hash).toBe(versionOf(files).hash);
  });
});

describe('a mistake in a trait', () => {
  it('names what was nearly written', () => {
    expect(faults('n: { cuont: true, event: a }')).toEqual([
      'CB201 3:8 `cuont` is not a way to compute a trait; did you mean `count`?',
    ]);
    expect(faults('n: { averge_gap: true, event: a }')[0]).toContain('did you mean `average_gap`?');
    expect(faults('n: { teirs: [{ else: 1 }] }')[0]).toContain('did you mean `tiers`?');
    expect(faults('n: { count: true, evnt: a }').join()).toContain('did you mean `event`?');
    expect(faults('n: { count: true, event: a, over: calender month }')).toEqual([
      'CB211 3:37 `calender month` is not a window; did you mean `calendar month`?',
    ]);
  });

  it('is told at its place, all of a file at once', () => {
    expect(
      faults(
        'a: { event: x, over: 1d }',
        'b: { count: true, sum: event.n, event: x }',
        'c: { count: yes, event: x }',
        'd: { sum: event.total }',
        'e: { count: true, event: x, over: 30 days }',
        'f: { count: true, event: x, over: last 0 }',
        'g: { count: true, event: x, over: 2 business hours }',
        'h: { score: [{ event: x, points: 1 }] }',
        'i: { score: [{ event: x, points: 1 }], half_life: 0d }',
        'j: { score: [{ event: x, points: "\'two\'" }], half_life: 1d }',
        'k: { score: [], half_life: 1d }',
        'l: { count: true, event: x, of: y, over: last 5 }',
        'm: { count: true, event: x, by: event.id }',
        'n: { sum: event.n, event: x, of: y, by: event.id }',
        'o: { tiers: [{ else: 1 }, { if: contact.n > 1, is: 2 }] }',
        'p: { tiers: [{ if: contact.n + 1, is: 2 }] }',
        'q: { formula: event.total }',
        'r: { score: [{ event: x, points: 1 }], half_life: 1d, predicts: { event: y, within: 1 month, when: contact.r > 1 } }',
      ).map((line) => line.replace(/;.*$/, '')),
    ).toEqual([
      'CB203 3:3 the trait does not say what is computed',
      'CB202 4:21 `count` and `sum` are ways to compute a trait, and a trait has one',
      'CB202 5:15 `yes` is not one of the values that are allowed here',
      'CB203 6:6 `event` is missing',
      'CB211 7:37 `30 days` is not a window',
      'CB211 8:37 `last 0` is not a window: it reaches over 1 to 1000 events',
      'CB211 9:37 `2 business hours` is counted in a calendar, a window is not',
      'CB203 10:6 `half_life` is missing',
      'CB211 11:53 `0d` is not an exact duration',
      'CB303 12:37 this gives a text, and a number is needed',
      'CB202 13:15 a list of 0 is too small: at least 1',
      'CB203 14:31 `of` needs `by`',
      'CB203 15:31 `by` needs `of`',
      'CB202 16:32 `of` counts events that answer others, and this is `sum`',
      'CB202 17:16 `else` is for everything that no row above takes, so no row may follow it',
      'CB303 18:22 this gives a number, and true or false is needed',
      'CB302 19:17 `event` is not known here',
      'CB211 20:87 `1 month` is not an exact duration',
    ]);
  });

  it('tiers without else are whole', () => {
    expect(faults('t: { tiers: [{ if: contact.n > 1, is: 2 }] }')).toEqual([]);
  });
});

describe('traits that are computed from themselves', () => {
  it('are told once, with the whole circle', () => {
    expect(
      faults(
        'a: { formula: contact.b + 1 }',
        'b: { tiers: [{ if: contact.c > 1, is: 1 }] }',
        'c: { count: true, event: x, where: contact.a > 1 }',
        'd: { formula: contact.a + 1 }',
      ),
    ).toEqual([
      'CB251 3:3 the trait is computed from itself: contact.a → contact.b → contact.c → contact.a; let one of them read events or traits that are none of these',
    ]);
    expect(faults('a: { formula: contact.a + 1 }')[0]).toContain('contact.a → contact.a');
  });

  it('across files too; a relation of the same name is another trait', () => {
    const { diagnostics } = compileFiles(
      'subject: contact\ntraits:\n  a: { formula: account.a }\n',
      'subject: account\ntraits:\n  a: { count: true, event: x }\n',
    );
    expect(diagnostics).toEqual([]);
    const both = compileFiles(
      'subject: contact\ntraits:\n  a: { formula: contact.b }\n',
      'subject: contact\ntraits:\n  b: { formula: contact.a }\n',
    );
    expect(both.diagnostics.map((d) => `${d.file} ${d.code}`)).toEqual(['playbooks/traits/own-1.yaml CB251']);
  });
});
