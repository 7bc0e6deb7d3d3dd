/** `lint --fix`: writes into files what a fault can only have meant, and nothing that would make another fault. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic, Fix } from '../../language/diagnostics/diagnostics.ts';
import { type ReadPlaybooks, readPlaybooks } from './read.ts';
import type { Target } from './target.ts';

export interface Fixed {
  /** What is to be said after it. */
  read: ReadPlaybooks;
  /** How many faults were mended, by file as diagnostics name it. */
  mended: Map<string, number>;
}

/** A fault behind a fault shows when the first is gone; more rounds than this are not meant. */
const MAX_ROUNDS = 5;

/** Each file is written whole, and only where it has fewer faults then; what was changed meanwhile is left alone. */
export async function fixPlaybooks(target: Target): Promise<Fixed> {
  let read = await readPlaybooks(target);
  const mended = new Map<string, number>();
  const leftAlone = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const texts = new Map<string, { text: string; count: number }>();
    for (const [file, found] of byFile(read.diagnostics)) {
      const source = read.sources.get(file);
      if (source !== undefined && !leftAlone.has(file)) texts.set(file, applied(source.text, found));
    }
    if (texts.size === 0) break;
    const instead = new Map([...texts].map(([file, { text }]) => [file, text]));
    const after = await readPlaybooks(target, { instead });
    for (const [file, { text, count }] of texts) {
      if (faultsOf(after, file) >= faultsOf(read, file) || errorsOf(after, file) > errorsOf(read, file)) {
        leftAlone.add(file);
        continue;
      }
      await replaceFile(placeOf(target, file), text);
      mended.set(file, (mended.get(file) ?? 0) + count);
    }
    read = await readPlaybooks(target);
  }
  return { read, mended };
}

function byFile(diagnostics: readonly Diagnostic[]): Map<string, Fix[]> {
  const found = new Map<string, Fix[]>();
  for (const { file, fix } of diagnostics) if (fix) found.set(file, [...(found.get(file) ?? []), fix]);
  return found;
}

/** From the end on, so that places before stay what they are; of two that overlap the first. */
function applied(text: string, fixes: readonly Fix[]): { text: string; count: number } {
  const inOrder = [...fixes].sort((a, b) => a.start - b.start || a.end - b.end);
  const apart: Fix[] = [];
  for (const fix of inOrder) if (fix.start >= (apart.at(-1)?.end ?? 0)) apart.push(fix);
  const written = apart.reduceRight((all, { start, end, text: by }) => all.slice(0, start) + by + all.slice(end), text);
  return { text: written, count: apart.length };
}

function faultsOf({ diagnostics }: ReadPlaybooks, of: string): number {
  return diagnostics.filter(({ file }) => file === of).length;
}

function errorsOf({ diagnostics }: ReadPlaybooks, of: string): number {
  return diagnostics.filter(({ file, severity }) => file === of && severity === 'error').length;
}

function placeOf({ folder, shown }: Target, file: string): string {
  return join(folder, shown === '' ? file : file.slice(shown.length + 1));
}

/** A file is the one or the other, whenever the process ends. */
async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  await writeFile(beside, text);
  await rename(beside, path);
}
