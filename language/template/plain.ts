/** The text part of a mail, made from its HTML. */
import { convert, type FormatCallback, type HtmlToTextOptions } from 'html-to-text';
import { type CompiledText, compileText, TextError } from './compile.ts';
import { carry, putBack } from './tokens.ts';

/** A cell's content, and a blank behind it. */
const cell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ', {});
};

/** Rows of several cells are lines; one of a single cell is layout, and what is in it says where lines end. */
const row: FormatCallback = (element, walk, builder) => {
  const cells = element.children?.filter(({ name }) => name === 'td' || name === 'th').length ?? 0;
  if (cells > 1) builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  if (cells > 1) builder.closeBlock({ trailingLineBreaks: 1 });
};

const OPTIONS: HtmlToTextOptions = {
  formatters: { cell, row },
  wordwrap: false,
  selectors: [
    { selector: '.cb-preheader', format: 'skip' },
    { selector: 'img', format: 'skip' },
    { selector: 'table', format: 'block' },
    { selector: 'tr', format: 'row' },
    ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['<', '>'] } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

/**
 * Makes the text once, with the expressions in it: per mail it then costs Handlebars alone, a tenth of the conversion.
 * Undefined where the expressions do not survive that (a block that begins in a comment and ends outside): such a
 * template is converted mail by mail.
 */
export function compilePlain(html: string, data: readonly string[]): CompiledText | undefined {
  const carried = carry(html);
  const text = putBack(convert(carried.source, OPTIONS), carried).html;
  try {
    return compileText(text, false, data);
  } catch (error) {
    if (error instanceof TextError) return undefined;
    throw error;
  }
}

/** One rendered document as text. */
export function toPlain(html: string): string {
  return tidy(convert(html, OPTIONS));
}

/** At most one empty line in a row, none around: what was left out leaves no gap. */
export function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
