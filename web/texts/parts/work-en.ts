export const workEn = {};
