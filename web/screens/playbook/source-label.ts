import type { Source } from '../../../server/api/contract/playbook.ts';

/** What the editor is called when it is read aloud: the file, where there is one. */
export const playbookSourceLabel = ({ file }: Source): string => file ?? 'YAML';
