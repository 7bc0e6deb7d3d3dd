/** Everything of playbooks: what they come to, what they say, what an operator says of them, and writing them. */
import { type EditingOptions, editingRoutes } from '../editing/editing.ts';
import type { Handled } from '../handled.ts';
import { detailRoutes } from './detail.ts';
import { playbooksRoutes, summariesOf } from './list.ts';
import { folderOf, type ReadSource, sourceRoutes } from './source.ts';
import { statusRoutes } from './status.ts';

export interface PlaybookOptions extends EditingOptions {
  /** Left out where the server sees no folder of playbooks. */
  readSource?: ReadSource | undefined;
}

export function allPlaybookRoutes(options: PlaybookOptions): Handled[] {
  const { database } = options;
  const read = summariesOf(database);
  const folder = folderOf(database, options.readSource);
  // Whoever looks next sees what was deployed.
  const onDeployed = () => {
    read.forget();
    folder?.forget();
  };
  return [
    ...playbooksRoutes({ read }),
    ...detailRoutes({ database, read }),
    ...sourceRoutes({ read, folder }),
    ...editingRoutes({ ...options, onDeployed }),
    ...statusRoutes({ database, read }),
  ];
}
