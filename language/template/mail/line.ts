/** Texts that are one line: subjects, names, titles, notices (S20). */

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** What a lenient reader of a mail's head would decode (RFC 2047). */
const ENCODED_WORD = /=\?(?=[^?\s]{1,100}\?[bq]\?)/gi;
const MAX_LINE_CHARS = 1_000;
/** So much of a line is looked at behind the place of a cut: a character may have marks without number. */
const MARKS = 64;

/**
 * One line, at most so many UTF-16 units long: line ends and other control characters are single spaces, so that nothing
 * can start a header of its own; what looks like an encoded word is parted, and shows as it was written; what is too long
 * is cut between characters as readers see them, with `…` in the place of the rest.
 */
export function oneLine(text: string, mostChars = MAX_LINE_CHARS): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .replace(ENCODED_WORD, '= ?');
  if (line.length <= mostChars) return line;
  let cut = '';
  for (const { segment } of GRAPHEMES.segment(line.slice(0, mostChars + MARKS))) {
    if (cut.length + segment.length >= mostChars) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

/** A text of several lines without the control characters that are no line ends or tabs. */
export function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, ' ');
}
