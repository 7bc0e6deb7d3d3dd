/**
 * The part of a template that is the same for all readers: MJML becomes HTML once, with its expressions in it, so that a
 * mail costs Handlebars alone.
 */

import { type Diagnostic, diagnosticAt, sourceText } from '../diagnostics/diagnostics.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Template } from '../model.ts';
import { type CompiledText, compileText, TextError } from './compile.ts';
import { memoOf } from './memo.ts';
import type { Fault } from './parse/parse.ts';
import { compilePlain } from './plain.ts';
import { carry, putBack } from './tokens.ts';

export interface Layout {
  /** Renders the whole document. Reads `@preheader`, and `@footer` with `postalAddress`, `unsubscribeUrl` and the word for it, `unsubscribe`. */
  html?: CompiledText;
  /** Renders the text part; absent where that has to be made of each mail's HTML. */
  text?: CompiledText;
  /** The template itself says where the link to unsubscribe is. */
  placesUnsubscribe: boolean;
}

/** What the renderer's own parts read as `@name`. */
const OWN_DATA = ['preheader', 'footer'];

/** Templates of all versions in use; each may hold a compiled document of some 100 kB. */
const LAYOUTS = memoOf<Promise<Layout>>(200);

const PREHEADER =
  '{{#if @preheader}}<div class="cb-preheader" aria-hidden="true" style="display:none;font-size:1px;line-height:1px;' +
  'max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;">{{ @preheader }}</div>{{/if}}';
const FOOTER =
  '{{#if @footer}}<div style="margin:0 auto;max-width:600px;padding:24px;font-family:Helvetica,Arial,sans-serif;' +
  'font-size:12px;line-height:1.5;color:#6b6b6b;text-align:center;">{{#if @footer.postalAddress}}<div>' +
  '{{ @footer.postalAddress }}</div>{{/if}}{{#if @footer.unsubscribeUrl}}<div><a href="{{ @footer.unsubscribeUrl }}" ' +
  'style="color:#6b6b6b;">{{ @footer.unsubscribe }}</a></div>{{/if}}</div>{{/if}}';

/** Compiles a template once; later calls get the same. Throws a TextError where MJML refuses the layout. */
export async function layoutOf(template: Template): Promise<Layout> {
  const key = `${template.format} ${template.body}`;
  const layout = LAYOUTS.memo(key, { context: () => compileLayout(template) });
  try {
    return await layout;
  } catch (error) {
    LAYOUTS.delete(key);
    throw error;
  }
}

async function compileLayout(template: Template): Promise<Layout> {
  const placesUnsubscribe = template.reads.includes('links.unsubscribe');
  if (template.format === 'txt') return { text: compileText(template.body, false), placesUnsubscribe };
  let html = template.body;
  if (template.format === 'mjml') {
    const compiled = await mjmlToHtml(template.body);
    const first = compiled.faults[0];
    if (first) throw new TextError('text-invalid', `template ${template.name}: ${first.message}`);
    html = compiled.html;
  }
  const framed = frame(html);
  const text = compilePlain(framed, OWN_DATA);
  return { html: compileText(framed, true, OWN_DATA), ...(text ? { text } : {}), placesUnsubscribe };
}

/** The faults that MJML finds in a template, in the places of the file that it was read from. */
export async function checkLayout(path: string, file: string, template: Template): Promise<Diagnostic[]> {
  if (template.format !== 'mjml') return [];
  const { faults } = await mjmlToHtml(template.body);
  const shift = file.length - template.body.length;
  const source = sourceText(path, file);
  return faults.map((fault) => diagnosticAt(source, fault.start + shift, fault.end + shift, fault));
}

async function mjmlToHtml(mjml: string): Promise<{ html: string; faults: Fault[] }> {
  const include = /<mj-include\b/i.exec(mjml);
  if (include) {
    const hint = 'put the layout into the template itself';
    return { html: '', faults: [at(include.index, '<mj-include'.length, 'a template cannot include files', hint)] };
  }
  const open = openElement(mjml);
  if (open) {
    const hint = `close it with </${open.name}> before </${open.closedBy}>`;
    const message =
      open.closedBy === '' ? `<${open.name}> is not closed` : `<${open.name}> is not closed before </${open.closedBy}>`;
    return {
      html: '',
      faults: [
        at(open.start, open.name.length + 1, message, open.closedBy === '' ? `close it with </${open.name}>` : hint),
      ],
    };
  }
  const carried = carry(mjml);
  // Half a second of loading, for which showing a text or checking a playbook need not wait.
  const { default: mjml2html } = await import('mjml');
  let result: Awaited<ReturnType<typeof mjml2html>>;
  try {
    // Without `fonts` MJML adds style sheets of a third party, which would see who reads the mail.
    result = await mjml2html(carried.source, { validationLevel: 'soft', keepComments: false, fonts: {} });
  } catch (error) {
    return {
      html: '',
      faults: [at(0, 1, `MJML cannot read it: ${(error as Error).message}`, 'begin with <mjml><mj-body>')],
    };
  }
  const faults = result.errors.map((error) => {
    const message = sayExpressions(`<${error.tagName}>: ${error.message}`, carried.expressions);
    const near = /Element (\S+) doesn't exist/.exec(error.message)?.[1];
    const hint = near === undefined ? 'see the MJML reference' : didYouMean(near, MJML_ELEMENTS);
    return at(lineStart(mjml, error.line), 1, message, hint);
  });
  const { html, lost } = putBack(result.html, carried);
  for (const { text, start } of lost) {
    faults.push(
      at(start, text.length, `MJML drops ${text} at this place`, 'put it inside mj-text, mj-raw or a quoted attribute'),
    );
  }
  return { html, faults };
}

const MJML_ELEMENTS = [
  'mj-accordion',
  'mj-body',
  'mj-button',
  'mj-carousel',
  'mj-column',
  'mj-divider',
  'mj-group',
  'mj-head',
  'mj-hero',
  'mj-image',
  'mj-navbar',
  'mj-preview',
  'mj-raw',
  'mj-section',
  'mj-social',
  'mj-spacer',
  'mj-style',
  'mj-table',
  'mj-text',
  'mj-title',
  'mj-wrapper',
];

/** MJML closes what is left open without a word, and drops what follows: elements of HTML are let be. */
function openElement(mjml: string): { name: string; start: number; closedBy: string } | undefined {
  const open: { name: string; start: number }[] = [];
  const begin = /<!--|<(\/?)(mj[\w-]*)/gi;
  for (let found = begin.exec(mjml); found !== null; found = begin.exec(mjml)) {
    const [, slash, written] = found;
    const end = written === undefined ? mjml.indexOf('-->', begin.lastIndex) : endOfTag(mjml, begin.lastIndex);
    // The parser of MJML says that of it.
    if (end < 0) return undefined;
    begin.lastIndex = end;
    if (written === undefined || mjml[end - 1] === '/') continue;
    const name = written.toLowerCase();
    const last = slash === '' ? undefined : open.pop();
    if (slash === '') open.push({ name, start: found.index });
    else if (last !== undefined && last.name !== name) return { ...last, closedBy: name };
  }
  const last = open.pop();
  return last && { ...last, closedBy: '' };
}

/** Where a tag's `>` is, outside of quotes; -1 where there is none. */
function endOfTag(text: string, from: number): number {
  let quote: string | undefined;
  for (let i = from; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return i;
  }
  return -1;
}

/** The line stays right because expressions are replaced within it, unless one itself goes over several lines. */
function lineStart(text: string, line: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return start;
}

function sayExpressions(message: string, expressions: ReadonlyMap<string, { text: string }>): string {
  return message.replace(/cbx+\d+z/g, (name) => expressions.get(name)?.text ?? name);
}

function at(start: number, length: number, message: string, hint: string): Fault {
  return { code: 'CB410', message, start, end: start + length, hint };
}

/** Preheader right after `<body>`, footer right before `</body>`; around the whole where there is none. */
function frame(html: string): string {
  const body = /<body\b(?:"[^"]*"|'[^']*'|[^"'>])*>/i.exec(html);
  const begin = body ? body.index + body[0].length : 0;
  const close = html.toLowerCase().lastIndexOf('</body');
  const end = close >= begin ? close : html.length;
  return html.slice(0, begin) + PREHEADER + html.slice(begin, end) + FOOTER + html.slice(end);
}
