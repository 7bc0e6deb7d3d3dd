/** @returns true when dist/web/ is what web/ says; false where the packages that build it are not installed */
export function buildWeb(): Promise<boolean>;
