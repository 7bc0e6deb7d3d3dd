/** A mail without a text, and markup where none is read: both go out as they stand. */
import type { Fault } from '../parse/parse.ts';

const TAG = /<\/?(?:a|b|i|u|p|br|em|h[1-6]|li|ul|ol|div|img|span|strong|table|td|tr|html|body)\b[^<>]{0,300}>/i;
const MARKDOWN = /\*\*[^*\n]{1,200}\*\*|(?<!\w)__[^_\n]{1,200}__|\[[^\]\n]{1,200}\]\(https?:[^)\s]{1,500}\)/;

/** Warnings, with offsets into the body. */
export function doubtsOfBody(body: string, isPlain: boolean): Fault[] {
  if (body.trim() === '') {
    return [
      {
        code: 'CB417',
        severity: 'warning',
        message: 'the mail has no text',
        start: 0,
        end: 0,
        hint: 'write it below the second ---',
      },
    ];
  }
  const found = isPlain ? (TAG.exec(body) ?? MARKDOWN.exec(body)) : null;
  if (found === null) return [];
  const isTag = found[0].startsWith('<');
  return [
    {
      code: 'CB417',
      severity: 'warning',
      message: `\`${found[0].slice(0, 60)}\` goes out as it stands: a .txt is plain text`,
      start: found.index,
      end: found.index + found[0].length,
      hint: isTag
        ? 'rename the file to .html, or write it in MJML'
        : 'no Markdown is read: write an .mjml, or take it out',
    },
  ];
}
