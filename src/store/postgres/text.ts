/** Text as PostgreSQL takes it: without NUL and half surrogate pairs, which an error's message or a header may hold. */
export const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();
