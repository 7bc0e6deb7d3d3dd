/** Values of tests that YAML reads otherwise than they look: `yes`, curly quotes, a consent that is no map. */

import { isJsonObject } from '../../json.ts';
import { own } from '../../records/own.ts';
import type { Path } from '../../syntax.ts';
import { pathKey } from '../../yaml.ts';
import type { FileReport } from '../report.ts';

/** Country codes and names are not among them: NO is Norway. */
const TRUE_WORDS: { [word: string]: string } = { yes: 'true', Yes: 'true', YES: 'true', no: 'false', No: 'false' };
const SWITCHES: { [word: string]: string } = { on: 'true', On: 'true', off: 'false', Off: 'false' };
const CURLY = /^[“”„«»‘’].*[“”«»‘’]$/s;

/** Warns of each such value in what a test gives: records, and what events bring. */
export function checkGiven(report: FileReport, value: unknown, path: Path): void {
  const name = path.at(-1);
  if (name === 'consent') checkConsent(report, value, path);
  if (typeof value === 'string') checkWord(report, value, path);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkGiven(report, item, [...path, i]);
  } else if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) checkGiven(report, inner, [...path, key]);
  }
}

function checkWord(report: FileReport, value: string, path: Path): void {
  if (report.file.spans.get(pathKey(path))?.plain !== true) return;
  const inConsent = path.includes('consent');
  const meant = own(TRUE_WORDS, value) ?? (inConsent ? own(SWITCHES, value) : undefined);
  if (meant !== undefined) {
    report.at(path, {
      severity: 'warning',
      code: 'CB637',
      message: `\`${value}\` is a text here`,
      fix: String(meant),
      hint: `write ${meant}; where the word is meant, put it in quotes: "${value}"`,
    });
  } else if (CURLY.test(value)) {
    report.at(path, {
      severity: 'warning',
      code: 'CB637',
      message: 'the curly quotes are part of the text',
      hint: `write "${value.slice(1, -1)}"`,
    });
  }
}

function checkConsent(report: FileReport, value: unknown, path: Path): void {
  if (isJsonObject(value) || value === null) return;
  report.at(path, {
    severity: 'warning',
    code: 'CB638',
    message: 'this is no consent to anything',
    hint: 'write consent: { marketing: true }',
  });
}
