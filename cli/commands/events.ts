import { type Command, InvalidArgumentError } from 'commander';
import type { ImportCounts } from '../events/import-file.ts';
import { showSome } from '../events/show-refused.ts';
import { Failure } from '../failure.ts';
import { note, print, progress } from '../output.ts';
import { withExample } from '../program.ts';
import { instantOption } from '../run/option-values.ts';

const PROGRESS_EVERY_MS = 1_000;

/** `cuebook events import` and `cuebook events export`: the store's events from and to files. */
export function register(program: Command): void {
  const events = program.command('events').description('Brings events in from files, and writes them out.');
  withExample(events, 'events import history.ndjson.gz', 'events export --out events.ndjson.gz');
  registerImport(events);
  registerExport(events);
}

function registerImport(events: Command): void {
  const command = events
    .command('import')
    .description('Stores the events of NDJSON files, each once: the same file may be given again.')
    .argument('<file...>', 'files of one JSON object a line; unpacked when the name ends in .gz; - is standard input')
    .option('--source <name>', 'the source: message ids are unique within it', importedSource, 'import')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print one JSON object a line: each refused line, and a summary')
    .action(async (files: string[], options: { source: string; dataDir?: string; json?: boolean }) => {
      if (files.filter((file) => file === '-').length > 1) {
        throw new Failure('WRONG_USE', 'Standard input is named twice.', 'Give `-` once.');
      }
      const { importFile } = await import('../events/import-file.ts');
      const { reachingStore } = await import('../reach-store.ts');
      const began = performance.now();
      const total: ImportCounts = { lines: 0, accepted: 0, duplicates: 0, refused: 0 };
      await reachingStore(options.dataDir, async (database) => {
        for (const file of files) {
          const counts = await importFile(database, file, {
            source: options.source,
            onRefused: options.json ? (line) => print(JSON.stringify({ type: 'refused', ...line })) : showSome(),
            onProgress: everySoOften(({ lines }) => progress(`${file}: ${lines} lines`)),
          });
          for (const key of Object.keys(total) as (keyof ImportCounts)[]) total[key] += counts[key];
        }
      });
      if (total.refused > 0) process.exitCode = 1;
      const seconds = Math.round(performance.now() - began) / 1000;
      if (options.json) return print(JSON.stringify({ type: 'summary', ...total, seconds }));
      const { accepted, duplicates, refused } = total;
      print(`${accepted} events stored, ${duplicates} were there already, ${refused} refused (${seconds} s).`);
    });
  withExample(command, 'events import history.ndjson.gz', 'events import --source shop --json june.ndjson july.ndjson');
}

function registerExport(events: Command): void {
  const command = events
    .command('export')
    .description('Writes stored events as NDJSON, in the order in which they arrived.')
    .option('--out <file>', 'write to a file; packed when the name ends in .gz (default: standard output)')
    .option('--source <name>', 'only the events of one source', sourceName)
    .option('--from <instant>', 'only events that happened at this instant or later', instantOption)
    .option('--to <instant>', 'only events that happened before this instant', instantOption)
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'the lines are JSON with or without this')
    .action(async (options: { out?: string; source?: string; from?: number; to?: number; dataDir?: string }) => {
      const { exportEvents } = await import('../events/export.ts');
      const { reachingStore } = await import('../reach-store.ts');
      const { written, left } = await reachingStore(options.dataDir, (database) => exportEvents(database, options));
      if (left > 0) note(`${left} events about colleagues or the workspace alone are left out: no file can name them.`);
      progress(`${written} events written.`);
    });
  withExample(
    command,
    'events export --out events.ndjson.gz',
    'events export --from 2026-03-01T00:00:00Z --source shop',
  );
}

/** `cuebook` is the source of Cuebook's own events: what is imported would take the place of what it has yet to say (E2). */
function importedSource(text: string): string {
  if (text.toLowerCase() !== 'cuebook') return sourceName(text);
  throw new InvalidArgumentError('Cuebook’s own events have this source; name another.');
}

/** The same shape as in CUEBOOK_WRITE_KEYS. */
function sourceName(text: string): string {
  if (/^[a-z][a-z0-9_-]{0,62}$/i.test(text)) return text;
  throw new InvalidArgumentError('A source has up to 63 letters, digits, - and _, and begins with a letter.');
}

function everySoOften(say: (counts: ImportCounts) => void): (counts: ImportCounts) => void {
  let last = performance.now();
  return (counts) => {
    if (performance.now() - last < PROGRESS_EVERY_MS) return;
    last = performance.now();
    say(counts);
  };
}
