/** The kinds of files in a folder of playbooks. */

/** Folders in it whose files are not playbooks. */
export const FOLDERS = ['templates', 'segments', 'traits', 'calendars', 'sla', 'people'] as const;

/** Kinds that have a JSON Schema, called as their folders are. */
export const SCHEMA_KINDS = [
  'playbooks',
  'templates',
  'traits',
  'segments',
  'calendars',
  'sla',
  'people',
  'settings',
] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

/** The file of a kind's schema. */
export function schemaFileOf(kind: SchemaKind): string {
  return kind === 'playbooks' ? 'playbook.schema.json' : `${kind}.schema.json`;
}
