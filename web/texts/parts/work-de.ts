export const workDe = {};
