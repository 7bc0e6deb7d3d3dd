/** S20: a text with an empty place is told by the names of what was missing, and by nothing else of a person. */
import { describe, expect, it } from 'vitest';
import type { Json, Traits } from '../../language/model.ts';
import { printedPaths } from '../../language/template/parse/printed.ts';
import { decisionWords } from '../../steps/words/decision-words.ts';
import { day, play } from '../rules/play.ts';

describe('what a text prints whatever else holds', () => {
  it.each<[text: string, printed: string[]]>([
    ['Dear {{ contact.name }}, {{ contact.name }}: {{ date deal.closes }}', ['contact.name', 'deal.closes']],
    ['{{ money trigger.total "EUR" }} {{ url contact.id }}', ['trigger.total', 'contact.id']],
    ['{{{ with.note }}}', ['with.note']],
    // Somebody has thought of their being missing.
    ['{{ default contact.name "there" }} {{ json contact.tags }} {{ count steps.a.list "one" "many" }}', []],
    ['{{#if contact.name}}Dear {{ contact.name }}{{/if}}{{#each with.items as |item|}}{{ item.name }}{{/each}}', []],
    ['nothing', []],
  ])('%s', (text, printed) => {
    expect(printedPaths(text)).toEqual(printed);
  });
});

describe('a step whose texts print what is not there', () => {
  const extra = [
    {
      path: 'templates/hi.txt',
      text: '---\nsubject: Hi {{ contact.name }}\n---\nYour {{ with.what }} and {{ contact.plan }}. {{ default contact.city "Here" }}\n',
    },
  ];
  const emptyIn = (step: string, contact: Traits): Json[] => {
    const told: Json[] = [];
    play(`trigger: { event: seen }\nsteps:\n  - ${step}`, {
      contact: { email: 'ada@x.example', consent: { marketing: true }, ...contact },
      extra,
      events: [[day('10:00'), 'seen']],
      settings: { caps: {} },
      onDecided: ({ told: said }) => {
        const { empty_values: empty } = (said?.looked ?? {}) as { [name: string]: Json };
        if (empty !== undefined) told.push(empty);
      },
    });
    return told;
  };
  const send = 'send: email\n    template: hi\n    class: transactional\n    with: { what: "{{ contact.thing }}" }';
  const task = 'task: Call {{ contact.name }} of {{ contact.account }}\n    assign: kim';

  it('says so in words', () => {
    const empty = ['contact.name', 'with.what'];
    expect(decisionWords('next', { empty_values: empty })).toBe('its text shows nothing for contact.name, with.what');
    expect(decisionWords('refused: consent', { refused: 'consent', by: {}, empty_values: ['contact.name'] })).toMatch(
      /^refused: .+; its text shows nothing for contact\.name$/,
    );
  });

  it('names them in its decision, of a template as well, and only where there are some', () => {
    expect(emptyIn(send, { name: ' ' })).toEqual([['contact.name', 'contact.plan', 'contact.thing', 'with.what']]);
    expect(emptyIn(send, { name: 'Ada', plan: 'basic', thing: 0 })).toEqual([]);
    expect(emptyIn(task, { account: 'acme' })).toEqual([['contact.name']]);
    expect(emptyIn(task, { name: 'Ada', account: 'acme' })).toEqual([]);
  });
});
