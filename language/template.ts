/** Template files: front matter, then Handlebars (S1). */
import { basename, extname } from 'node:path/posix';
import { type Diagnostic, diagnosticAt, sourceText } from './diagnostics/diagnostics.ts';
import type { Template } from './model.ts';
import { TEXT_ROOTS } from './roots.ts';
import { type CheckedText, checkText, type Known } from './template/check.ts';
import { bareInLinks } from './template/doubts/bare-in-link.ts';
import { doubtsOfBody } from './template/doubts/empty-or-marked.ts';
import { foreignPlaceholders } from './template/doubts/foreign.ts';
import { type FrontMatterText, readFrontMatter } from './template/front-matter.ts';
import { parseBareAddress, splitAddress } from './template/mail/address.ts';
import { MAX_TEXT_BYTES } from './template/names.ts';
import type { Fault } from './template/parse/parse.ts';
import { unquotedExpressions } from './template/unquoted.ts';

export { TEXT_ROOTS } from './roots.ts';
export { TEMPLATE_CODES } from './template/codes.ts';
export { type Address, parseAddress } from './template/mail/address.ts';
export { HELPERS } from './template/names.ts';
export { bareInLinks, type CheckedText, checkText, type Known };

/** What stands in a text that can be read, and is likely not meant: warnings, with offsets into it. */
export function doubtsOf(text: string, roots: readonly string[]): Fault[] {
  return [...bareInLinks(text), ...foreignPlaceholders(text, roots)];
}

export interface ParsedTemplate {
  /** Left out where a diagnostic is an error. */
  template?: Template;
  diagnostics: Diagnostic[];
}

const FORMATS = ['mjml', 'html', 'txt'] as const;

/**
 * Reads one file of `templates/`. `path` as diagnostics name it; its name without ending is the template's.
 * All faults at once: front matter, and every name and helper of every text in it. Whether MJML itself takes the layout
 * is asked by `checkLayout`, which is asynchronous because MJML is.
 */
export function parseTemplate(path: string, text: string, known: Known = { roots: TEXT_ROOTS }): ParsedTemplate {
  const extension = extname(path);
  const format = FORMATS.find((one) => extension === `.${one}`);
  const source = sourceText(path, text);
  const refused = refuseFile(text, format);
  if (refused || !format) return { diagnostics: [diagnosticAt(source, refused!.start, refused!.end, refused!)] };

  const matter = readFrontMatter(text);
  const faults = [...matter.faults];
  const reads = new Set<string>();
  const check = (part: string, start: number, escapes: boolean, place?: FrontMatterText) => {
    const checked = checkText(part, { ...known, escapes });
    for (const read of checked.reads) reads.add(read);
    for (const error of [...checked.errors, ...doubtsOf(part, known.roots)])
      faults.push(place ? placed(error, inValue(error, place, text)) : shifted(error, start));
  };
  for (const value of Object.values(matter.texts)) check(value.text, value.start, false, value);
  const escapes = format !== 'txt';
  check(matter.body, matter.bodyStart, escapes);
  if (matter.faults.length === 0) {
    for (const fault of doubtsOfBody(matter.body, format === 'txt')) faults.push(shifted(fault, matter.bodyStart));
  }
  if (escapes) for (const fault of unquotedExpressions(matter.body)) faults.push(shifted(fault, matter.bodyStart));

  const { subject, preheader, from, reply_to: replyTo } = matter.texts;
  if (!subject && matter.faults.length === 0) {
    faults.push({
      code: 'CB404',
      message: 'the template has no subject',
      start: 0,
      end: 3,
      hint: 'add `subject: …` between the dashes',
    });
  }
  for (const sender of [from, replyTo]) if (sender) faults.push(...refuseSender(sender));

  const diagnostics = faults
    .sort((a, b) => a.start - b.start)
    .map((fault) => diagnosticAt(source, fault.start, fault.end, fault));
  if (diagnostics.some(({ severity }) => severity === 'error') || !subject) return { diagnostics };
  const template: Template = {
    name: basename(path, extension),
    format,
    subject: subject.text,
    ...(preheader ? { preheader: preheader.text } : {}),
    ...(from ? { from: from.text } : {}),
    ...(replyTo ? { replyTo: replyTo.text } : {}),
    body: matter.body,
    reads: [...reads],
  };
  return { template, diagnostics };
}

function refuseFile(text: string, format: string | undefined): Fault | undefined {
  if (!format) {
    return { code: 'CB401', message: 'a template is .mjml, .html or .txt', start: 0, end: 1, hint: 'rename the file' };
  }
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_TEXT_BYTES) return undefined;
  const message = `the file has ${Math.ceil(bytes / 1024)} kB, at most ${MAX_TEXT_BYTES / 1024} kB are read`;
  return { code: 'CB401', message, start: 0, end: 1, hint: 'keep images on a server instead of in the file' };
}

/** `{{ contact.owner.name }} <{{ contact.owner.email }}>`: what is written out must be an address. */
function refuseSender(sender: FrontMatterText): Fault[] {
  const { address } = splitAddress(sender.text);
  const written = address.replace(/\{\{[^{}]*\}\}/g, '');
  const whole = written === '' && /^\{\{[^{}]*\}\}$/.test(address);
  if (whole || parseBareAddress(address.replace(/\{\{[^{}]*\}\}/g, 'x')) !== undefined) return [];
  const message = `"${sender.text}" is not a sender`;
  return [
    { code: 'CB412', message, start: sender.start, end: sender.end, hint: 'write `address`, or `Name <address>`' },
  ];
}

/** Where the whole value is pointed at, a part of it cannot be written over. */
function placed(fault: Fault, at: { start: number; end: number }): Fault {
  const { fix, ...rest } = fault;
  const isPart = at.end - at.start === fault.end - fault.start;
  return { ...rest, ...at, ...(isPart && fix !== undefined && { fix }) };
}

function shifted(fault: Fault, by: number): Fault {
  return { ...fault, start: fault.start + by, end: fault.end + by };
}

/** Within a quoted YAML text offsets may differ by its escapes: then the whole value is pointed at. */
function inValue(fault: Fault, place: FrontMatterText, file: string): { start: number; end: number } {
  const raw = file.slice(place.start, place.end);
  const at = raw.indexOf(place.text);
  if (at < 0) return { start: place.start, end: place.end };
  return { start: place.start + at + fault.start, end: place.start + at + fault.end };
}
