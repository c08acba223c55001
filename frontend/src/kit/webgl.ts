let known: boolean | undefined;

/** Whether this browser can draw a map. */
export function hasWebGL(): boolean {
  return (known ??= Boolean(document.createElement('canvas').getContext('webgl2')));
}
