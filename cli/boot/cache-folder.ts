import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where things are kept that every data folder shares: `$CUEBOOK_CACHE_DIR`, else the user's cache folder. */
export function cacheFolder(variables: NodeJS.ProcessEnv = process.env): string {
  if (variables.CUEBOOK_CACHE_DIR) return variables.CUEBOOK_CACHE_DIR;
  return join(variables.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cuebook');
}
