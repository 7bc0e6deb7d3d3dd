import type { Command } from 'commander';

export interface StatusOptions {
  by?: string;
  reason?: string;
  dataDir?: string;
  json?: boolean;
}

/** The options that the three commands share. */
export function withStatusOptions(command: Command): Command {
  return command
    .option('--by <who>', 'who it is, for the record (default: the name of this machine’s user)')
    .option('--reason <text>', 'why, for the record')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print what was changed as JSON');
}
