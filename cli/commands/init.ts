import type { Command } from 'commander';
import { withExample } from '../program.ts';

/** `cuebook init`: a company's own repository, for which Cuebook is a package or an image. */
export function register(program: Command): void {
  const command = program
    .command('init')
    .description("Makes a company's own repository: playbooks, activities, a workflow for its CI, editor settings.")
    .argument('<folder>', 'a new folder, or one in which none of its files are')
    .action(async (folder: string) => {
      const { init } = await import('../playbooks/begin/init.ts');
      await init(folder);
    });
  withExample(command, 'init our-playbooks');
}
