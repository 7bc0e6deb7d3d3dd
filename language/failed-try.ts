/** The answer of a try that failed is stored under this name: only this one is written over, by the next try. */
export const FAILED_TRY = 'do:failed';
