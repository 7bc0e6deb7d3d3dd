/** Values in links are encoded by `url`, and where nothing encodes them the linter says so (Y2). */
import { describe, expect, it } from 'vitest';
import { bareInLinks, parseTemplate } from '../../language/template.ts';
import { renderString, renderTemplate } from '../../language/text.ts';

const berlin = { zone: 'Europe/Berlin', locale: 'de' };
const contact = { email: 'ada+news@example.com', name: 'Ada & Bob', rate: 1.5, half: '\ud83c', tags: ['a b', 'c'] };

async function href(link: string): Promise<string | undefined> {
  const { template } = parseTemplate('t.html', `---\nsubject: s\n---\n<a href="${link}">x</a>`);
  const { html } = await renderTemplate(template!, { contact, trigger: { coupon: '50%&more' } }, berlin);
  return /href="([^"]*)"/.exec(html!)?.[1];
}

describe('url', () => {
  it.each([
    ['{{ url contact.email }}', 'ada%2Bnews%40example.com'],
    ['{{ url trigger.coupon }}', '50%25%26more'],
    ['{{ url contact.name }}', 'Ada%20%26%20Bob'],
    ['{{ url contact.rate }}', '1.5'],
    ['{{ url contact.tags }}', 'a%20b%2C%20c'],
    ['{{ url contact.half }}', '%EF%BF%BD'],
    ['{{ url contact.missing }}', ''],
    ['{{ url (default contact.missing "none & nothing") }}', 'none%20%26%20nothing'],
  ])('%s is %s', async (expression, expected) => {
    expect(await href(`https://shop.example/?x=${expression}`)).toBe(`https://shop.example/?x=${expected}`);
  });
});

describe('json', () => {
  it.each([
    ['{{ json contact.tags }}', '["a b","c"]'],
    ['{{ json contact.name }}', '"Ada & Bob"'],
    ['{{ json contact.rate }}', '1.5'],
    ['{{ json contact.missing }}', 'null'],
    ['{"on": {{ json trigger.on }}, "of": {{ json contact.name }} }', '{"on": "2026-03-02", "of": "Ada & Bob" }'],
  ])('%s is %s', (text, expected) => {
    expect(renderString(text, { contact, trigger: { on: '2026-03-02' } }, berlin)).toBe(expected);
  });
});

describe('a bare value in the query of a link', () => {
  it.each([
    'https://a.example/?x={{ contact.email }}',
    'https://a.example/?x={{ url contact.a }}&amp;y={{ contact.email }}',
    'https://{{ trigger.host }}/{{ trigger.path }}?x=1&y=pre-{{ contact.email }}',
    '{{ links.shop }}?x={{#if contact.a}}{{ contact.email }}{{/if}}',
    'mailto:help@a.example?subject={{ ticket.subject }}',
  ])('is told: %s', (link) => {
    const before = 'Look. <a href="';
    const faults = bareInLinks(`${before}${link}">x</a>`);
    const last = /\{\{ (contact\.email|ticket\.subject) \}\}/.exec(link)!;
    expect(faults.map(({ start, end }) => [start, end])).toEqual([
      [before.length + last.index, before.length + last.index + last[0].length],
    ]);
  });

  it.each([
    'https://a.example/{{ contact.id }}/?x={{ url contact.email }}#{{ contact.id }}',
    '{{ trigger.cart_url }}',
    'https://a.example/?{{ trigger.query }}',
    'https://a.example/?x=1" title="{{ contact.name }}',
    'Is it so? Then x = {{ contact.name }}, y={{ contact.name }}',
  ])('is none: %s', (text) => expect(bareInLinks(text)).toEqual([]));

  it('leaves the template whole', () => {
    const read = parseTemplate('t.txt', '---\nsubject: s\n---\nhttps://a.example/?x={{ contact.email }}');
    expect(read.diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['CB414 warning']);
    expect(read.template?.name).toBe('t');
  });
});
