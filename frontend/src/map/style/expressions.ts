import type { ExpressionSpecification, FilterSpecification } from 'maplibre-gl';

/** The source of the city's tiles. */
export const CITY = 'city';

/** Sizes at zooms, `[[zoom, px], …]`, growing by `base` between them as the ground itself does. */
export function grows(stops: [number, number | ExpressionSpecification][], base = 1.5): ExpressionSpecification {
  return ['interpolate', ['exponential', base], ['zoom'], ...stops.flat()] as ExpressionSpecification;
}

/** A value for each class of a feature; `other` where none is given. */
export function byClass<Value extends string | number>(values: Record<string, Value>, other: Value): ExpressionSpecification {
  const cases = Object.entries(values).flat();
  return ['match', ['get', 'class'], ...cases, other] as unknown as ExpressionSpecification;
}

/** Features of these classes. */
export function among(...classes: string[]): FilterSpecification {
  return ['in', ['get', 'class'], ['literal', classes]];
}
