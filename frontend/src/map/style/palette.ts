/** The design tokens as a map uses them, read where the map stands: a part of a page may have a theme of its own. */
export interface Palette {
  /** The colour of `--map-<name>`. */
  colour(name: string): string;
  /** The colour of any other token, such as `accent`. */
  token(name: string): string;
  /** How much larger than usual words are: on a wall, and for whoever asked for large type. */
  scale: number;
}

const USUAL_PX = 16;

export function paletteOf(element: Element): Palette {
  // What was taken out of the page meanwhile has no style of its own.
  const css = getComputedStyle(element.isConnected ? element : document.documentElement);
  const token = (name: string): string => css.getPropertyValue(`--${name}`).trim();
  return { colour: (name) => token(`map-${name}`), token, scale: Math.max(1, parseFloat(css.fontSize) / USUAL_PX) };
}
