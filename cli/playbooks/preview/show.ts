/** Prints a mail that was made for a look at it, or shows it in the browser. */
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckedMail } from '../../../activities/mail/mail.ts';
import { isJsonObject } from '../../../language/json.ts';
import { reasonOf } from '../../../language/records/reasons.ts';
import type { Address } from '../../../language/template/mail/address.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import type { StepDecision } from '../../../steps/step.ts';
import { Failure } from '../../failure.ts';
import { columns, note, print } from '../../output.ts';
import type { Sender } from './find-step.ts';

export interface ShowOptions {
  open?: boolean;
  html?: boolean;
  text?: boolean;
  json?: boolean;
}

interface Shown {
  template: string;
  mail: CheckedMail;
  /** As it goes over the wire. */
  raw: string;
  /** Whose values they are. */
  values: string;
  sender: Sender;
  /** What the gates say of it as things are. */
  decision: StepDecision;
  /** Paths that its texts print, and under which nothing is (S20). */
  emptyValues: readonly string[];
}

export async function showMail(shown: Shown, options: ShowOptions): Promise<void> {
  const { mail, raw, values, sender, template } = shown;
  const { playbook } = sender.version.playbook;
  const instead = insteadOf(shown.decision);
  if (options.json) {
    print(
      JSON.stringify({
        ...{
          type: 'mail',
          template,
          playbook: sender.isUsed ? playbook : null,
          step: sender.isUsed ? sender.path : null,
        },
        ...{
          values,
          empty: shown.emptyValues,
          instead: instead ?? null,
          subject: mail.subject,
          from: mail.from,
          to: mail.to,
        },
        ...{ replyTo: mail.replyTo ?? null, headers: Object.fromEntries(headOf(raw)) },
        ...{ text: mail.text, html: mail.html ?? null },
      }),
    );
  } else if (options.html) {
    if (mail.html === undefined) {
      const hint = 'A .txt template is a mail of text alone: --text prints it.';
      throw new Failure('NO_HTML', `${template} has no HTML part.`, hint);
    }
    print(mail.html);
  } else if (options.text) print(mail.text);
  else if (!options.open) printWhole(mail, raw);
  const by = sender.isUsed ? `${playbook} at ${sender.path}` : 'no playbook yet, and so shown as class: transactional';
  note(`Sent by ${by}; with the values of ${values}. Nothing was sent.`);
  if (shown.emptyValues.length > 0) note(`Nothing stands in place of ${shown.emptyValues.join(', ')}.`);
  if (mail.subject === '') note('Its subject comes out empty: the mail would be refused (no_subject).');
  if (instead !== undefined) note(`As things are, it ${instead}.`);
  if (options.open) await open(template, mail);
}

function printWhole(mail: CheckedMail, raw: string): void {
  const first: [string, string][] = [
    ['From', shownAs(mail.from)],
    ['To', shownAs(mail.to)],
    ...(mail.replyTo ? [['Reply-To', shownAs(mail.replyTo)] as [string, string]] : []),
    ['Subject', mail.subject],
  ];
  const shown = new Set(first.map(([name]) => name));
  const rest = headOf(raw).filter(([name]) => !shown.has(name));
  for (const line of columns([...first, ...rest].map(([name, value]) => [`${name}:`, value]))) print(line);
  print(`\n${mail.text}`);
  if (mail.html !== undefined) {
    note(
      `It has an HTML part of ${Math.ceil(Buffer.byteLength(mail.html) / 1024)} kB: --html prints it, --open shows it.`,
    );
  }
}

function shownAs({ name, address }: Address): string {
  return name === undefined ? address : `${name} <${address}>`;
}

/** The lines of its head, unfolded. */
function headOf(raw: string): [string, string][] {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return head.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}

/** What would come of it in place of a mail: refused, or held. */
function insteadOf({ line, answer, evaluated }: StepDecision): string | undefined {
  if (line?.refused !== undefined) return `would be refused: ${reasonOf(line.refused)} (${line.refused})`;
  if (answer.go !== 'sleep' || answer.until === null) return undefined;
  const held = isJsonObject(evaluated) && typeof evaluated.held === 'string' ? `: ${reasonOf(evaluated.held)}` : '';
  return `would be held until ${isoInstant(answer.until)}${held}`;
}

async function open(template: string, mail: CheckedMail): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-preview-'));
  const file = join(folder, `${template}.${mail.html === undefined ? 'txt' : 'html'}`);
  // The mark at the beginning says that it is UTF-8, which a mail says in its head.
  await writeFile(file, `\uFEFF${mail.html ?? mail.text}`, { mode: 0o600 });
  note((await inBrowser(file)) ? `Opened ${file}` : `No browser could be opened. The mail is in ${file}`);
}

const MAX_OPENING_MS = 2_000;

/** @returns whether a browser began */
function inBrowser(file: string): Promise<boolean> {
  const { platform, env } = process;
  const own = platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const [program, ...args] = env.BROWSER ? [env.BROWSER] : own;
  return new Promise((resolve) => {
    const browser = spawn(program!, [...args, file], { detached: true, stdio: 'ignore' });
    // What opens files ends soon, and says how; a browser itself stays.
    const stays = setTimeout(() => resolve(true), MAX_OPENING_MS);
    const ended = (code: number | null) => {
      clearTimeout(stays);
      resolve(code === 0);
    };
    browser.once('error', () => ended(null));
    browser.once('exit', ended);
    browser.unref();
  });
}
