/** Results as the XML of JUnit, which CI servers show. */
import { writeFile } from 'node:fs/promises';
import { Failure, messageOf } from '../../failure.ts';
import { faultTexts } from './print.ts';
import type { Ran, Results } from './results.ts';

/** @throws Failure NOT_WRITTEN */
export async function writeJunit(file: string, results: Results): Promise<void> {
  await writeFile(file, junitXml(results)).catch((error: unknown) => {
    const hint = 'Name a file in a folder that exists and may be written.';
    throw new Failure('NOT_WRITTEN', `${file} could not be written: ${messageOf(error)}`, hint, { cause: error });
  });
}

/** A suite for each file; a fault of a file is a test of it that is in error. */
export function junitXml({ ran, faults }: Pick<Results, 'ran' | 'faults'>): string {
  const files = [...new Set([...ran, ...faults].map(({ file }) => file))];
  const suites = files.map((file) => {
    const own = ran.filter((one) => one.file === file);
    const wrong = faults.filter((one) => one.file === file);
    const counts = {
      tests: own.length + wrong.length,
      failures: own.filter(({ passed, notRun }) => !passed && !notRun).length,
      errors: wrong.length,
      skipped: own.filter(({ notRun }) => notRun).length,
      time: secondsOf(own),
    };
    const cases = [
      ...wrong.map(({ code, message, hint, line }) => {
        const error = `    <error${attributes({ type: code, message })}>${escaped(hint ?? '')}</error>`;
        return caseOf({ classname: file, name: `${code} at line ${line}`, file, line, time: '0' }, error);
      }),
      ...own.map((one) => caseOf(attributesOf(one), outcomeOf(one))),
    ];
    return [`  <testsuite${attributes({ name: file, ...counts })}>`, ...cases, '  </testsuite>'].join('\n');
  });
  const all = { name: 'cuebook', tests: ran.length + faults.length, time: secondsOf(ran) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes(all)}>\n${suites.join('\n')}\n</testsuites>\n`;
}

function caseOf(of: { [name: string]: string | number }, inner: string): string {
  const head = `    <testcase${attributes(of)}`;
  return inner === '' ? `${head}/>` : `${head}>\n  ${inner}\n    </testcase>`;
}

function attributesOf({ playbook, file, it, line, tookMs }: Ran): { [name: string]: string | number } {
  return { classname: playbook ?? file, name: it, file, line, time: (tookMs / 1_000).toFixed(3) };
}

function outcomeOf(one: Ran): string {
  if (one.passed) return '';
  const texts = faultTexts(one);
  const [first = ''] = texts.join('\n').split('\n');
  if (one.notRun) return `    <skipped${attributes({ message: first })}/>`;
  const happened = one.timeline ? ['what happened:', ...one.timeline] : [];
  return `    <failure${attributes({ message: first })}>${escaped([...texts, ...happened].join('\n'))}</failure>`;
}

function secondsOf(ran: readonly Ran[]): string {
  return (ran.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000).toFixed(3);
}

function attributes(values: { [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** XML has no control characters, and no halves of surrogate pairs, in whatever form: they are shown. */
function escaped(text: string): string {
  return text
    .replace(
      /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
