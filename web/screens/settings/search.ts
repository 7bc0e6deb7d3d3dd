/** What the address of the settings may say. */
export const SETTINGS_TABS = ['people', 'calendars', 'channels', 'keys', 'users', 'audit'] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];
/** What admins alone may see. */
export const OF_ADMINS: readonly SettingsTab[] = ['keys', 'users', 'audit'];

export interface SettingsSearch {
  /** Left out for people. */
  tab?: Exclude<SettingsTab, 'people'> | undefined;
  action?: string | undefined;
}

export function readSettingsSearch({ tab, action }: { [name: string]: unknown }): SettingsSearch {
  const known = (['calendars', 'channels', 'keys', 'users', 'audit'] as const).find((it) => it === tab);
  return {
    ...(known && { tab: known }),
    ...(typeof action === 'string' && action !== '' && { action: action.slice(0, 100) }),
  };
}
