/** Refused lines for people: the first few one by one, the rest counted. */
import { note } from '../output.ts';
import type { RefusedLine } from './parse-line.ts';

/** Of one file. `--json` shows all. */
const SHOWN_REFUSALS = 20;

/** Says the refused lines of one file on standard error. */
export function showSome(): (refused: RefusedLine) => void {
  let seen = 0;
  return ({ file, line, code, pointer, message }) => {
    seen += 1;
    if (seen <= SHOWN_REFUSALS) note(`${file}:${line} ${code}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`);
    if (seen === SHOWN_REFUSALS + 1) note(`${file}: further refused lines are only counted; --json shows all.`);
  };
}
