/** Template files and the mails that they become (S1, Y2, P3). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLayout } from '../../language/template/layout.ts';
import { parseTemplate, TEMPLATE_CODES } from '../../language/template.ts';
import { renderTemplate } from '../../language/text.ts';

const berlin = { zone: 'Europe/Berlin' };
const scope = {
  contact: { name: 'Ada & <Bob>', owner: { id: 'kim', name: 'Kim', email: 'kim@example.com' } },
  account: { tickets: [{ subject: 'Login' }, { subject: 'Invoice' }] },
  links: { cart: 'https://shop.example/c?a=1&b="2"' },
};
const column = (inner: string) =>
  `<mjml><mj-body><mj-section><mj-column>${inner}</mj-column></mj-section></mj-body></mjml>`;
const file = (body: string, head = 'subject: Hello') => `---\n${head}\n---\n${body}`;

function template(path: string, text: string) {
  const parsed = parseTemplate(path, text);
  expect(parsed.diagnostics).toEqual([]);
  return parsed.template!;
}

const lines = (path: string, text: string) =>
  parseTemplate(path, text).diagnostics.map((one) => `${one.line}:${one.column} ${one.code}`);

describe('a template file', () => {
  it('is front matter, then the text; its name is the file’s', () => {
    const text = file(
      'Hi {{ contact.name }}',
      'subject: A question\nfrom: "{{ contact.owner.name }} <{{ contact.owner.email }}>"\nreply_to: help@shop.example',
    );
    expect(template('templates/hello.txt', text)).toEqual({
      name: 'hello',
      format: 'txt',
      subject: 'A question',
      from: '{{ contact.owner.name }} <{{ contact.owner.email }}>',
      replyTo: 'help@shop.example',
      body: 'Hi {{ contact.name }}',
      reads: ['contact.owner.name', 'contact.owner.email', 'contact.name'],
    });
  });

  it.each([
    ['without front matter', 'Hi', ['1:1 CB401']],
    ['with front matter that does not end', '---\nsubject: x\nHi', ['1:1 CB401']],
    ['without a subject', '---\npreheader: x\n---\nHi', ['1:1 CB404']],
    ['with an unknown key', file('Hi', 'subject: x\nsubjct: y'), ['3:1 CB403']],
    ['with a key twice', file('Hi', 'subject: x\nsubject: y'), ['3:1 CB402']],
    ['with a bare {{ (Y3)', file('Hi', 'subject: {{ contact.name }}'), ['2:10 CB402']],
    ['with a text cut by a comment (Y3)', file('Hi', 'subject: Review #{{ contact.id }}'), ['2:10 CB411']],
    ['with an alias', file('Hi', 'subject: &a x\npreheader: *a'), ['2:13 CB402', '3:12 CB402']],
    ['with a sender that is none', file('Hi', 'subject: x\nfrom: the shop'), ['3:7 CB412']],
    ['with a faulty name in a quoted text', file('Hi', 'subject: "Hi {{ contct.name }}"'), ['2:17 CB406']],
    ['with faults in the body, all at once', file('Hi\n {{ contct.a }}\n{{ upcase 1 }}'), ['5:5 CB406', '6:1 CB407']],
  ])('%s is refused', (_what, text, expected) => expect(lines('templates/x.txt', text)).toEqual(expected));

  it('in HTML no value may stand outside quotes, nor unescaped', () => {
    const body =
      '<p title="{{ contact.name }}">{{ contact.name }}</p><a href={{ links.cart }}>x</a>{{{ contact.name }}}<!-- {{ contact.name }} -->';
    expect(lines('templates/x.html', file(body))).toEqual(['4:61 CB409', '4:83 CB408']);
    expect(lines('templates/x.txt', file('a < b {{ contact.name }} >'))).toEqual([]);
  });

  it('of another kind, or of half a megabyte, is refused', () => {
    expect(lines('templates/x.md', file('Hi'))).toEqual(['1:1 CB401']);
    expect(lines('templates/x.txt', file('x'.repeat(500_000)))).toEqual(['1:1 CB401']);
  });

  it('says what MJML does not know, and what it would drop', async () => {
    const text = file('<mjml><mj-head>{{ contact.name }}</mj-head><mj-body>\n<mj-include path="a"/></mj-body></mjml>');
    const loud = text.replace('mj-include', 'MJ-Include');
    expect((await checkLayout('t.mjml', loud, template('t.mjml', loud))).map((one) => one.message)).toEqual([
      'a template cannot include files',
    ]);
    expect((await checkLayout('t.mjml', text, template('t.mjml', text))).map((one) => one.message)).toEqual([
      'a template cannot include files',
    ]);
    const more = file(
      '<mjml><mj-head>{{ contact.name }}</mj-head><mj-body><mj-section>\n<mj-colum></mj-colum></mj-section></mj-body></mjml>',
    );
    const found = await checkLayout('t.mjml', more, template('t.mjml', more));
    expect(found.map((one) => `${one.line} ${one.code} ${one.message}`)).toEqual([
      "5 CB410 <mj-colum>: Element mj-colum doesn't exist or is not registered",
      '4 CB410 MJML drops {{ contact.name }} at this place',
    ]);
  });

  it('every code that is reported is listed, once', () => {
    const codes = TEMPLATE_CODES.map((one) => one.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^CB4\d\d$/.test(code))).toBe(true);
  });
});

describe('a mail', () => {
  it('has HTML with values escaped, text without, and a subject of one line (Y2)', async () => {
    const body = column(
      '<mj-text>Hello {{ contact.name }}</mj-text><mj-button href="{{ links.cart }}">Back</mj-button>',
    );
    const mail = await renderTemplate(
      template('t.mjml', file(body, 'subject: "For {{ contact.name }}"')),
      { ...scope, contact: { name: 'Ada\r\nBcc: x@y.z <b>' } },
      berlin,
    );
    expect(mail.subject).toBe('For Ada Bcc: x@y.z <b>');
    expect(mail.html).toContain('Bcc: x@y.z &lt;b&gt;');
    expect(mail.html).toContain('href="https://shop.example/c?a&#x3D;1&amp;b&#x3D;&quot;2&quot;"');
    expect(mail.text).toContain('Back <https://shop.example/c?a=1&b="2">');
    expect(mail.text).toContain('Bcc: x@y.z <b>');
  });

  it('loads nothing from a third party', async () => {
    const mail = await renderTemplate(template('t.mjml', file(column('<mj-text>x</mj-text>'))), scope, berlin);
    expect(mail.html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  it('repeats elements of the layout for each of a list, and leaves out others', async () => {
    const body = column(
      '{{#each account.tickets as |t|}}<mj-text>- {{ t.subject }}</mj-text>{{/each}}{{#if contact.nick}}<mj-text>never</mj-text>{{/if}}',
    );
    const mail = await renderTemplate(template('t.mjml', file(body)), scope, berlin);
    expect(mail.html!.match(/<td\b[^>]*>\s*<div[^>]*>- \w+<\/div>/g)).toHaveLength(2);
    expect(mail.text).toBe('- Login\n- Invoice');
  });

  it('shows its preheader in lists of mails only', async () => {
    const text = file(
      '<html><body class="a>b"><p>Hi</p></body></html>',
      'subject: x\npreheader: "For {{ contact.name }}"',
    );
    const mail = await renderTemplate(template('t.html', text), scope, berlin);
    expect(mail.preheader).toBe('For Ada & <Bob>');
    expect(mail.html).toMatch(
      /<body class="a>b"><div class="cb-preheader"[^>]*display:none[^>]*>For Ada &amp; &lt;Bob&gt;<\/div><p>/,
    );
    expect(mail.text).toBe('Hi');
  });

  const marketing = { unsubscribeUrl: 'https://shop.example/u/t?a=1&b=2', postalAddress: 'Shop <GmbH>, Weg 1' };

  it.each([
    ['t.mjml', column('<mj-text>Hi</mj-text>')],
    ['t.html', '<p>Hi</p>'],
    ['t.txt', 'Hi'],
  ])('of marketing ends with the postal address and the way out (P3): %s', async (path, body) => {
    const mail = await renderTemplate(template(path, file(body)), scope, berlin, marketing);
    expect(mail.text).toMatch(/Hi[\s\S]*Shop <GmbH>, Weg 1\n+Unsubscribe[: ]+<?https:\/\/shop\.example\/u\/t\?a=1&b=2/);
    if (mail.html)
      expect(mail.html).toMatch(
        /Shop &lt;GmbH&gt;, Weg 1[\s\S]*href="https:\/\/shop\.example\/u\/t\?a&#x3D;1&amp;b&#x3D;2"/,
      );
    expect((await renderTemplate(template(path, file(body)), scope, berlin)).text).toBe('Hi');
  });

  it('that places the way out itself has it once', async () => {
    const mail = await renderTemplate(
      template('t.html', file('<a href="{{ links.unsubscribe }}">Out</a>')),
      scope,
      berlin,
      marketing,
    );
    expect(mail.html!.match(/shop\.example\/u\//g)).toHaveLength(1);
    expect(mail.text).toContain('Shop <GmbH>');
  });

  it('comes from whom the template names, and no name can make that another', async () => {
    const text = file('Hi', 'subject: x\nfrom: "{{ contact.owner.name }} <{{ contact.owner.email }}>"');
    const from = async (owner: object) =>
      (await renderTemplate(template('t.txt', text), { contact: { owner } }, berlin)).from;
    expect(await from({ name: 'Kim', email: 'kim@example.com' })).toEqual({ name: 'Kim', address: 'kim@example.com' });
    expect(await from({ name: 'K" <evil@x.example>,', email: 'kim@example.com' })).toEqual({
      name: 'K" <evil@x.example>,',
      address: 'kim@example.com',
    });
    expect(await from({ name: 'Kim', email: 'kim@example.com, evil@x.example' })).toBeUndefined();
    expect(await from({ name: 'Kim' })).toBeUndefined();
  });

  it('cannot be broken out of by any value', async () => {
    const body = column(
      '<mj-text>[{{ contact.name }}]</mj-text><mj-button href="https://x.example/{{ contact.name }}">b</mj-button>',
    );
    const parsed = template('t.mjml', file(body, 'subject: "{{ contact.name }}"'));
    const shape = (html: string) => html.replace(/\[[^\]]*\]|href="[^"]*"/g, '');
    const plain = shape((await renderTemplate(parsed, { contact: { name: 'a' } }, berlin)).html!);
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom('<', '>', '"', "'", '&', '{{', '}}', '\r', '\n', 'a', '=', '/', ' ', '--', '\u2028'),
        }),
        async (name) => {
          const mail = await renderTemplate(parsed, { contact: { name } }, berlin);
          expect(shape(mail.html!)).toBe(plain);
          expect(mail.subject).not.toMatch(/[\r\n\u2028]/);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('costs Handlebars alone after the first of its template', async () => {
    const parsed = template('t.mjml', file(column('<mj-text>Hello {{ contact.name }}, once</mj-text>')));
    await renderTemplate(parsed, scope, berlin);
    const started = performance.now();
    for (let i = 0; i < 100; i++) await renderTemplate(parsed, scope, berlin);
    // MJML takes 5 to 20 ms a mail on the machines that this was written on, Handlebars 0.1.
    expect((performance.now() - started) / 100).toBeLessThan(2);
  });
});

describe('data in a mail (S20)', () => {
  const mail = (text: string, more: object = {}, path = 'templates/x.html') =>
    renderTemplate(template(path, text), { ...scope, ...more }, berlin);

  it('a subject is cut between characters as readers see them', async () => {
    const family = '👨‍👩‍👧';
    for (let pad = 230; pad < 252; pad++) {
      const { subject } = await mail(file('Hi', `subject: "${'x'.repeat(pad)}{{ contact.name }}"`), {
        contact: { name: `${family}${family}${family}` },
      });
      expect(subject.length).toBeLessThanOrEqual(250);
      expect(subject).toMatch(/^x+(👨‍👩‍👧)*…?$/u);
    }
  });

  it.each([
    ['control characters', 'a\u0001\u0007\u001b[1m\u007f\u0085\u0090b', 'a [1m b'],
    ['line ends of every kind', 'a\r\nBcc: x\u2028y', 'a Bcc: x y'],
    ['what looks like an encoded word', '=?utf-8?B?DQpCY2M6?=', '= ?utf-8?B?DQpCY2M6?='],
  ])('%s in a subject are folded', async (_what, name, subject) => {
    expect((await mail(file('Hi', 'subject: "{{ contact.name }}"'), { contact: { name } })).subject).toBe(subject);
  });

  it('a name of blanks is missing for `default`', async () => {
    const text = file('Hello {{ default contact.name "you" }},');
    expect((await mail(text, { contact: { name: ' \u00a0 ' } }, 'templates/x.txt')).text).toBe('Hello you,');
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScript:x',
    'vbscript:x',
    'data:text/html,x',
    'file:///etc',
    '//host/x',
    'x\ny',
  ])('a link to %j leads nowhere', async (cart) => {
    const { html } = await mail(file(`<a href="{{ links.cart }}">x</a><a href='{{ links.cart }}'>y</a>`), {
      links: { cart },
    });
    expect(html).toContain('<a href="#">x</a><a href="#">y</a>');
  });

  it.each(['https://a.example/?x=1', 'http://a.example', 'mailto:a@b.example', 'tel:+491', 'HTTPS://A.example'])(
    'a link to %j is kept',
    async (cart) => {
      const { html } = await mail(file('<a href="{{ links.cart }}">x</a>'), { links: { cart } });
      expect(html).toMatch(/<a href="(?!#)[^"]+">x/);
    },
  );

  it('the text part keeps the cells of a table apart, and its rows on lines', async () => {
    const row = (...cells: string[]) => `<tr>${cells.map((c) => `<td>${c}</td>`).join('')}</tr>`;
    const table = `<table>${row('Item', 'Qty', 'Price')}${row('{{ contact.name }}', '2', '€30')}</table>`;
    expect((await mail(file(table), { contact: { name: 'Shirt' } })).text).toBe('Item Qty Price\nShirt 2 €30');
    const { text } = await mail(file(column('<mj-text>One</mj-text><mj-text>Two</mj-text>')), {}, 'templates/x.mjml');
    expect(text).toBe('One\nTwo');
  });
});
