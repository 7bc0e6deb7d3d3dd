import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type DataDirLayout, dataDirLayout } from './data-dir.ts';
import { readHolder } from './lock-file.ts';
import { isAlive } from './process-identity.ts';

const ChosenSchema = z.object({
  part: z.enum(['PostgreSQL', 'Temporal', 'mail']),
  /** Where it came from, in words. */
  from: z.string(),
  version: z.string(),
});

/** Which part was taken from where. */
export type Chosen = z.infer<typeof ChosenSchema>;

const RunningPartsSchema = z.object({
  databaseUrl: z.string().optional(),
  temporalAddress: z.string().optional(),
  smtpUrl: z.string().optional(),
  chosen: z.array(ChosenSchema),
});

/** Where the parts of a running Cuebook answer. */
export type RunningParts = z.infer<typeof RunningPartsSchema>;

/** Leaves a note in the data folder, so that other commands on this machine find the parts that run. */
export async function announceParts(layout: DataDirLayout, parts: RunningParts): Promise<void> {
  const draft = `${layout.partsFile}.new`;
  // It holds the database's password.
  await writeFile(draft, JSON.stringify(parts), { mode: 0o600 });
  await rename(draft, layout.partsFile);
}

export async function withdrawParts(layout: DataDirLayout): Promise<void> {
  await rm(layout.partsFile, { force: true });
}

/** The parts of the process that holds this data folder now; undefined when none does, or it has not booted yet. */
export async function runningParts(path: string): Promise<(RunningParts & { pid: number }) | undefined> {
  const layout = dataDirLayout(path);
  const holder = await readHolder(layout.lock);
  if (holder === undefined || !(await isAlive(holder))) return undefined;
  try {
    return { ...RunningPartsSchema.parse(JSON.parse(await readFile(layout.partsFile, 'utf8'))), pid: holder.pid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
