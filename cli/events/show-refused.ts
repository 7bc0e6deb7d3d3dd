/** Refused lines for people: the first few one by one, the rest counted. */
import { note } from '../output.ts';
import type { RefusedLine } from './parse-line.ts';

/** Of one file. `--json` shows all. */
const SHOWN_REFUSALS = 20;

/** `history.ndjson:4 no_subject: The event names nobody: …` */
export function refusedText({ file, line, code, pointer, message }: RefusedLine): string {
  return `${file}:${line} ${code}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`;
}

/** Says the refused lines of one file on standard error. */
export function showSome(): (refused: RefusedLine) => void {
  let seen = 0;
  return (refused) => {
    seen += 1;
    if (seen <= SHOWN_REFUSALS) note(refusedText(refused));
    if (seen === SHOWN_REFUSALS + 1) note(`${refused.file}: further refused lines are only counted; --json shows all.`);
  };
}
