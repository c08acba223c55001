/* Stands for what the map's engine is built without (`vite.engine.ts`). */

/** Raises: nothing of ours asks for it. */
export function absent(): never {
  throw new Error("the map's engine is built without this part (vite.engine.ts)");
}

/** Nothing is of a kind that is absent. */
export function never(): boolean {
  return false;
}
