/** Folders of playbooks and files of events, and what a backtest says of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

export type Line = { [name: string]: unknown };

/** A folder of playbooks by their names, with consent and caps as they are by default. */
export async function playbooks(texts: { [name: string]: string }): Promise<string> {
  const folder = await makeTempFolder();
  for (const [name, text] of Object.entries(texts)) {
    const path = join(folder, /\.\w+$/.test(name) ? name : `${name}.yaml`);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, name.includes('/') || name === 'settings' ? text : `playbook: ${name}\n${text}`);
  }
  return folder;
}

export interface Call {
  [member: string]: unknown;
}

/** The `n`-th event: an hour after the one before, by a user, with what else it has. */
export function call(n: number, event: string, userId: string, more: Call = {}): Call {
  const timestamp = new Date(Date.UTC(2026, 2, 2, 10) + n * 3_600_000).toISOString();
  return { messageId: `m${n}`, event, userId, timestamp, ...more };
}

export async function fileOf(calls: readonly (Call | string)[], name = 'events.ndjson'): Promise<string> {
  const file = join(await makeTempFolder(), name);
  const text = calls.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
  await writeFile(file, name.includes('packed') ? gzipSync(`${text}\n`) : `${text}\n`);
  return file;
}

export interface Backtested {
  code: number;
  /** Without the summary. */
  lines: Line[];
  summary: Line;
  stderr: string;
}

export async function backtest(folder: string, files: readonly string[], ...options: string[]): Promise<Backtested> {
  const { code, stdout, stderr } = await cuebook('backtest', folder, '--json', ...options, '--events', ...files);
  const lines = jsonLines(stdout);
  const summary = lines.at(-1) ?? {};
  return { code, lines: lines.slice(0, -1), summary, stderr };
}

/** Without what differs between two runs of the same. */
export function timeless({ seconds: _, ...rest }: Line): Line {
  return rest;
}
