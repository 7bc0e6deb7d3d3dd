export const SCREENS: readonly { name: string; path: string }[];
export const LOOKS: readonly { name: string; width: number; height: number; scheme: 'light' | 'dark' }[];
export function addressOf(path: string, of: { [name: string]: string }): string;
