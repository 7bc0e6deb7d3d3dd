export const messagesDe = {};
