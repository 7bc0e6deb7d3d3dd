/** What `--csv` takes, in the order in which the tables are printed. Beside them nothing is loaded to print the help. */
export const TABLE_NAMES = [
  'playbooks',
  'holdouts',
  'experiments',
  'messages',
  'service-levels',
  'cadence',
  'colleagues',
  'records',
  'predictions',
] as const;

export type TableName = (typeof TABLE_NAMES)[number];
