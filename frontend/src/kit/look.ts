/** Heard by what draws in the page's colours and must draw anew. */
export const LOOK_CHANGED = 'gezhi:look';
