/** Texts: what a reader sees of a value (Y2, T17, E8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../../language/template.ts';
import { BusinessTime, renderString, renderText, TextError } from '../../language/text.ts';

const berlin = { zone: 'Europe/Berlin' };
const ada = {
  contact: {
    name: 'Ada',
    score: 80.5,
    tags: ['vip', 'de'],
    born: '1990-05-01',
    active: true,
    owner: { id: 'kim', name: 'Kim', email: 'kim@example.com' },
  },
  account: {
    tickets: [
      { id: '1', subject: 'Login' },
      { id: '2', subject: 'Invoice', contact: { name: 'Bob' } },
    ],
  },
  trigger: { due: '2026-03-02T10:00:00.000Z', summer: '2026-07-02T10:00:00.000Z' },
};
const say = (text: string, scope: object = ada, reader = berlin) => renderText(text, scope as never, reader);

describe('a text that is one whole {{ … }} keeps the value’s type (Y2)', () => {
  it.each([
    ['{{ contact.score }}', 80.5],
    ['{{ contact.active }}', true],
    ['{{ contact.tags }}', ['vip', 'de']],
    ['{{ contact.owner }}', ada.contact.owner],
    ['  {{ contact.score }}  ', 80.5],
    ['{{ default contact.points 5 }}', 5],
    ['{{ trigger.due }}', '2026-03-02T10:00:00.000Z'],
    ['{{ contact.nothing }}', null],
    ['{{ contact.nothing.deeper }}', null],
  ])('%s', (text, value) => expect(say(text)).toEqual(value));

  it('and is words where words are asked for', () => {
    expect(renderString('{{ trigger.due }}', ada, berlin)).toBe('2 Mar 2026, 11:00');
    expect(renderString('{{ contact.nothing }}', ada, berlin)).toBe('');
  });

  it('two expressions are a string', () => expect(say('{{ contact.score }}{{ contact.active }}')).toBe('80.5true'));
});

describe('a value is shown as its reader writes it (Y2)', () => {
  it.each([
    ['an instant in the reader’s zone', 'due {{ trigger.due }}', 'due 2 Mar 2026, 11:00'],
    ['and in its summer time', 'due {{ trigger.summer }}', 'due 2 Jul 2026, 12:00'],
    ['a number without trailing zeros', '{{ contact.score }} points', '80.5 points'],
    ['an absent value as nothing', 'Hi {{ contact.nick }}!', 'Hi !'],
    ['or as its default', 'Hi {{ default contact.nick "there" }}!', 'Hi there!'],
    ['a list with commas', 'is {{ contact.tags }}', 'is vip, de'],
    ['a person by name', 'ask {{ contact.owner }} ({{ contact.owner.email }})', 'ask Kim (kim@example.com)'],
    ['records by name, else by id', 'see {{ account.tickets }}', 'see 1, 2'],
    ['a date', 'on {{ date trigger.due }} at {{ time trigger.due }}', 'on 2 Mar 2026 at 11:00'],
    ['a date without a time, the same everywhere', 'born {{ date contact.born }}', 'born 1 May 1990'],
    ['money', 'for {{ money contact.score "EUR" }} or {{ money 80 "USD" }}', 'for €80.50 or $80'],
    ['a count', '{{ count account.tickets "ticket" "tickets" }}, {{ count 1 "day" "days" }}', '2 tickets, 1 day'],
    ['nothing escaped', '{{ contact.tags }} <{{ contact.name }}> & co', 'vip, de <Ada> & co'],
  ])('%s', (_what, text, shown) => expect(say(text)).toBe(shown));

  it('numbers do not show the noise of their binary form', () => {
    expect(say('{{ n }} !', { n: 0.1 + 0.2 })).toBe('0.3 !');
    expect(say('{{ n }} !', { n: 1e21 })).toBe('1000000000000000000000 !');
    expect(say('{{ n }} !', { n: -0 })).toBe('0 !');
  });

  it('in the reader’s language where one is known', () => {
    const german = { zone: 'Europe/Berlin', locale: 'de' };
    expect(renderText('{{ contact.score }} P, {{ trigger.due }}', ada, german)).toBe('80,5 P, 02.03.2026, 11:00');
  });

  it('an SLA’s business time in hours (T17), wherever it stands', () => {
    const trigger = { elapsed: new BusinessTime(11_400_000), overdue: new BusinessTime(0), laps: 12 };
    const told = (text: string) => say(text, { trigger: trigger as never });
    expect(told('after {{ trigger.elapsed }}, {{ trigger.overdue }} over')).toBe('after 3 h 10 min, 0 min over');
    expect(told('{{ default trigger.overdue "none" }}, {{ default trigger.elapsed "none" }}')).toBe(
      '0 min, 3 h 10 min',
    );
    expect(told('{{#with trigger}}{{ elapsed }}{{/with}}')).toBe('3 h 10 min');
    expect(told('{{#with trigger as |t|}}{{ t.elapsed }}{{/with}}')).toBe('3 h 10 min');
    expect(told('{{#each trigger as |v k|}}{{ k }} {{ v }};{{/each}}')).toBe(
      'elapsed 3 h 10 min;overdue 0 min;laps 12;',
    );
    expect(told('{{#if trigger.overdue}}late{{else}}in time{{/if}}')).toBe('in time');
    expect(told('{{#if trigger.elapsed}}begun{{/if}}{{#unless trigger.overdue}} yet{{/unless}}')).toBe('begun yet');
    expect(told('{{#with trigger.overdue}}x{{else}}none{{/with}}')).toBe('none');
  });

  it('where a whole value is kept, business time is its milliseconds (Y2), but words for a text’s reader', () => {
    const trigger = { elapsed: new BusinessTime(11_400_000) };
    const utc = { zone: 'UTC' };
    expect(renderText('{{ trigger.elapsed }}', { trigger }, utc)).toBe(11_400_000);
    expect(renderText('{{ trigger }}', { trigger }, utc)).toEqual({ elapsed: 11_400_000 });
    expect(renderText('{{ trigger.elapsed }}', { trigger }, utc, { lengths: 'words' })).toBe('3 h 10 min');
  });
});

describe('blocks', () => {
  it('show one thing or the other', () => {
    expect(say('{{#if contact.nick}}a{{else if contact.active}}b{{else}}c{{/if}}')).toBe('b');
    expect(say('{{#unless contact.tags}}none{{else}}some{{/unless}}')).toBe('some');
  });

  it('go through lists, and keep the roots’ meaning in there', () => {
    const each =
      '{{#each account.tickets as |t i|}}{{ i }} {{ t.subject }} for {{ contact.name }}{{#unless @last}}; {{/unless}}{{/each}}';
    expect(say(each)).toBe('0 Login for Ada; 1 Invoice for Ada');
    expect(say('{{#each account.tickets}}{{ subject }}/{{ this.contact.name }} {{/each}}')).toBe('Login/ Invoice/Bob ');
    expect(say('{{#each account.none}}x{{else}}nobody{{/each}}')).toBe('nobody');
    expect(say('{{#with contact.owner}}{{ name }}, {{ ../contact.name }}{{/with}}')).toBe('Kim, Ada');
  });
});

describe('a text is safe whatever stands in the scope', () => {
  it('JavaScript’s own objects and functions are not to be had', () => {
    const scope = { contact: { run: () => 'called', list: [1] } };
    expect(
      say('[{{ contact.run }}{{ contact.toString }}{{ contact.list.map }}{{#if contact.run}}x{{/if}}]', scope),
    ).toBe('[]');
    expect(say('{{ contact.run }}', scope)).toBeNull();
    for (const text of ['{{ contact.constructor }}', '{{ contact.__proto__ }}', '{{ contact.a.[prototype] }}']) {
      expect(() => say(text), text).toThrow(TextError);
    }
  });

  it('is not longer than 256 kB, however its lists multiply', () => {
    const list = Array.from({ length: 1000 }, () => 'x'.repeat(100));
    const twice = '{{#each contact.list}}{{#each ../contact.list}}{{ this }}{{/each}}{{/each}}';
    const started = performance.now();
    expect(() => say(twice.replace('../contact', 'contact'), { contact: { list } })).toThrow(/256 kB/);
    expect(() => say('x{{ contact.text }}', { contact: { text: 'x'.repeat(300_000) } })).toThrow(/256 kB/);
    expect(() => say('{{ contact.list }}', { contact: { list: ['x'.repeat(300_000)] } })).toThrow(/256 kB/);
    expect(() => say('{{ contact.text }}', { contact: { text: 'x'.repeat(300_000) } })).toThrow(/256 kB/);
    const silent = '{{#each contact.list}}{{#each contact.list}}{{#if contact.none}}x{{/if}}{{/each}}{{/each}}';
    expect(() => say(silent, { contact: { list } })).toThrow(/too many rounds/);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('any JSON can be shown, and shown again the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text =
          'a {{ contact.v }} {{ date contact.v }} {{ money contact.v "EUR" }} {{ count contact.v "x" "y" }} {{ default contact.v "d" }}';
        const once = say(text, { contact: { v: value } });
        expect(once).toBe(say(text, { contact: { v: value } }));
        expect(once).not.toContain('[object');
        expect(say('{{ contact.v }}', { contact: { v: value } })).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a wrong text is refused where it stands, with what is allowed', () => {
  const known = { roots: ['contact', 'account', 'trigger'], escapes: true };
  it.each([
    ['Hi {{ contct.name }}', 'CB406', 'contct.name', 'did you mean `contact`?'],
    ['Hi {{ deal.name }}', 'CB406', 'deal.name', 'account, contact, trigger'],
    [
      'Hi {{ upcase contact.name }}',
      'CB407',
      '{{ upcase contact.name }}',
      'count, date, default, json, money, time, url',
    ],
    ['Hi {{ dat trigger.due }}', 'CB407', '{{ dat trigger.due }}', 'did you mean `date`?'],
    ['{{ money trigger.value }}', 'CB407', '{{ money trigger.value }}', '{{ money trigger.value "EUR" }}'],
    ['{{#eech contact.tags}}x{{/eech}}', 'CB407', 'eech', 'did you mean `each`?'],
    ['a {{> other }}', 'CB408', '{{> other }}', 'write the text here'],
    ['a {{{ contact.name }}}', 'CB408', '{{{ contact.name }}}', 'two braces'],
    ['line\r\nHi {{ contact.name', 'CB405', '{{ contact.name', 'close each'],
    ['{{#if contact.a}} x {{/each}}', 'CB405', 'if', '{{/if}}'],
    [
      `Hi {{ contact.name || 'there' }}`,
      'CB405',
      `{{ contact.name || 'there'`,
      'write {{ default contact.name "there" }}',
    ],
    ['{{ @index }}', 'CB406', '@index', ''],
    ['{{#each contact.tags}}{{ count }}{{/each}}', 'CB407', '{{ count }}', 'this.count'],
    ['{{ toString }}', 'CB406', 'toString', 'write the record before it'],
  ])('%s', (text, code, at, hint) => {
    const { errors } = checkText(text, known);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.code).toBe(code);
    expect(text.slice(errors[0]!.start, errors[0]!.end)).toBe(at);
    expect(errors[0]!.hint ?? '').toContain(hint);
  });

  it('all faults at once', () => {
    expect(checkText('{{ contct.a }} {{ upcase 1 }} {{> p }}', known).errors).toHaveLength(3);
  });

  it('what it reads are paths from roots, those within `with` too', () => {
    const text =
      '{{ contact.name }} {{#with contact.owner as |o|}}{{ name }}{{ o.email }}{{/with}}{{#each account.tickets as |t|}}' +
      '{{ t.subject }}{{ @index }}{{ trigger.due }}{{/each}}{{ default contact.nick (date trigger.at) }}{{ contact.name }}';
    expect(checkText(text, known)).toEqual({
      reads: [
        'contact.name',
        'contact.owner',
        'contact.owner.name',
        'contact.owner.email',
        'account.tickets',
        'trigger.due',
        'contact.nick',
        'trigger.at',
      ],
      errors: [],
    });
  });

  it('no text makes the check fail in another way', () => {
    const bits = fc.constantFrom(
      '{{',
      '}}',
      '#if ',
      '/if',
      'contact.a',
      ' ',
      'each ',
      '"',
      '{{#',
      '{{/',
      'x',
      '\n',
      '@',
      '../',
      '|',
      '}',
      'else',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        for (const error of checkText(text, known).errors) {
          expect(error.start).toBeGreaterThanOrEqual(0);
          expect(error.end).toBeGreaterThan(error.start);
        }
      }),
      { numRuns: 500 },
    );
  });
});
