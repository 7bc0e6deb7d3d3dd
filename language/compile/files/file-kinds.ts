/** The kinds of files in a folder of playbooks. */

/** Folders in it whose files are not playbooks. */
export const FOLDERS = ['templates', 'segments', 'traits', 'calendars', 'sla', 'people'] as const;

/** Kinds that have a JSON Schema, called as their folders are. */
export const SCHEMA_KINDS = ['playbooks', 'traits', 'segments', 'calendars', 'sla', 'people', 'settings'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];
