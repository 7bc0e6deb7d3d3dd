/** A mail from a template: subject, HTML, text. */
import type { Template } from '../../model.ts';
import { compileText, type Scope } from '../compile.ts';
import type { Reader } from '../formats.ts';
import { layoutOf } from '../layout.ts';
import { tidy, toPlain } from '../plain.ts';
import { type Address, cleanName, parseBareAddress, splitAddress } from './address.ts';
import { oneLine } from './line.ts';
import { withSafeLinks } from './links.ts';
import { type FooterWords, footerWords } from './locale.ts';

export interface RenderedMail {
  subject: string;
  html?: string;
  text: string;
  preheader?: string;
  /** From the template's front matter; absent where it names none, or what it names has no address. */
  from?: Address;
  replyTo?: Address;
}

export interface RenderOptions {
  /** Becomes `links.unsubscribe`, and is in the footer unless the template places it. */
  unsubscribeUrl?: string;
  /** Shown in the footer. */
  postalAddress?: string;
}

interface Footer extends Partial<FooterWords> {
  postalAddress?: string;
  unsubscribeUrl?: string;
}

/** A subject is one line; what is longer than this no reader shows. */
const MAX_SUBJECT_CHARS = 250;

/**
 * Renders a template. Values are escaped in HTML and nowhere else; the subject has no line ends.
 *
 * Rejects with a TextError where the template is not one that `parseTemplate` and `checkLayout` let through, or the
 * mail comes to more than 256 kB.
 */
export async function renderTemplate(
  template: Template,
  scope: Scope,
  reader: Reader,
  options: RenderOptions = {},
): Promise<RenderedMail> {
  const layout = await layoutOf(template);
  const seen = withLinks(scope, options.unsubscribeUrl);
  const word = (text: string) => compileText(text, false).render(seen, reader);
  const words = footerWords(reader.locale);
  const footer: Footer = {
    ...(options.postalAddress ? { postalAddress: options.postalAddress } : {}),
    ...(options.unsubscribeUrl && !layout.placesUnsubscribe
      ? { unsubscribeUrl: options.unsubscribeUrl, ...words }
      : {}),
  };
  const hasFooter = Object.keys(footer).length > 0;
  const preheader = template.preheader === undefined ? undefined : oneLine(word(template.preheader));
  const extra = { ...(preheader ? { preheader } : {}), ...(hasFooter ? { footer } : {}) };
  const rendered = layout.html?.render(seen, reader, extra);
  const html = rendered === undefined ? undefined : withSafeLinks(rendered);
  const text = layout.text?.render(seen, reader, extra);
  const from = template.from === undefined ? undefined : addressFrom(template.from, word);
  const replyTo = template.replyTo === undefined ? undefined : addressFrom(template.replyTo, word);
  return {
    subject: oneLine(word(template.subject), MAX_SUBJECT_CHARS),
    text: html === undefined ? (text ?? '') + footerText(footer) : text === undefined ? toPlain(html) : tidy(text),
    ...(html === undefined ? {} : { html }),
    ...(preheader ? { preheader } : {}),
    ...(from ? { from } : {}),
    ...(replyTo ? { replyTo } : {}),
  };
}

/** Name and address are rendered apart: a name that holds `<` or a comma cannot become another address. */
function addressFrom(text: string, word: (text: string) => string): Address | undefined {
  const parts = splitAddress(text);
  const address = parseBareAddress(word(parts.address));
  if (address === undefined) return undefined;
  const name = cleanName(word(parts.name));
  return name === '' ? { address } : { name, address };
}

function withLinks(scope: Scope, unsubscribe: string | undefined): Scope {
  if (unsubscribe === undefined) return scope;
  const links = typeof scope.links === 'object' && scope.links !== null ? scope.links : {};
  return { ...scope, links: { ...links, unsubscribe } };
}

function footerText({ postalAddress, unsubscribeUrl, unsubscribe }: Footer): string {
  const lines = [postalAddress, unsubscribeUrl && `${unsubscribe}: ${unsubscribeUrl}`].filter(Boolean);
  return lines.length === 0 ? '' : `\n\n-- \n${lines.join('\n')}\n`;
}
