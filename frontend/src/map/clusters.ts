import type { ExpressionSpecification, Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl';
import type { Palette } from './style/palette';

/** The radius of the largest cluster, with its ring. */
const MOST_PX = 25;
const LEAST_PX = 16;
const RING_PX = 5.5;
const SHADOW_PX = 4;
/** The ring shows in so many steps how many of the cases are late. */
const STEPS = 8;

const COUNT: ExpressionSpecification = ['get', 'point_count'];
const LATE: ExpressionSpecification = ['get', 'late'];

/** The radius of a cluster of so many. */
export function clusterRadius(count: number): number {
  const share = Math.min(1, (Math.sqrt(count) - 1) / 39);
  return LEAST_PX + share * (MOST_PX - LEAST_PX);
}

/** Put the images of clusters into a map, in its colours: a plate with a ring, whose part that stands for the late is red. */
export function addClusters(map: MapLibreMap, { token, scale }: Palette): void {
  for (let step = 0; step <= STEPS; step++) {
    // Most are drawn smaller: of more pixels the drawing would leave some out.
    const ratio = Math.max(1, Math.ceil(devicePixelRatio));
    const [radius, ring, margin] = [MOST_PX * scale * ratio, RING_PX * scale * ratio, SHADOW_PX * ratio];
    const side = Math.round(2 * (radius + margin));
    const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
    if (!context) return;
    context.translate(side / 2, side / 2);
    const disc = (size: number, colour: string): void => {
      context.beginPath();
      context.arc(0, 0, size, 0, 2 * Math.PI);
      context.fillStyle = colour;
      context.fill();
    };
    context.shadowColor = 'rgb(0 0 0 / 50%)';
    context.shadowBlur = margin;
    disc(radius, token('surface'));
    context.shadowColor = 'transparent';
    disc(radius - ring, token('ink-2'));
    context.beginPath();
    context.arc(0, 0, radius - ring / 2 - ratio / 2, -Math.PI / 2, -Math.PI / 2 + (step / STEPS) * 2 * Math.PI);
    context.lineWidth = ring - ratio;
    context.strokeStyle = token('urgent');
    if (step) context.stroke();
    const id = `cluster-${step}`;
    if (map.hasImage(id)) map.removeImage(id);
    map.addImage(id, context.getImageData(0, 0, side, side), { pixelRatio: ratio });
  }
}

/** Near points as one, with how many they are. One late case shows, and one that is not, too. */
export function clusterLayer(families: string[], { token, scale }: Palette): SymbolLayerSpecification {
  const part: ExpressionSpecification = ['ceil', ['*', STEPS, ['/', LATE, COUNT]]];
  const step: ExpressionSpecification = ['case', ['==', LATE, COUNT], STEPS, ['min', STEPS - 1, part]];
  return {
    id: 'cluster',
    type: 'symbol',
    source: 'points',
    filter: ['has', 'point_count'],
    layout: {
      'icon-image': ['concat', 'cluster-', ['to-string', step]],
      'icon-size': ['interpolate', ['linear'], ['sqrt', COUNT], 1, LEAST_PX / MOST_PX, 40, 1],
      'icon-allow-overlap': true,
      'text-field': ['to-string', COUNT],
      'text-font': families,
      'text-size': 13 * scale,
      'text-allow-overlap': true,
      // The largest lie above.
      'symbol-sort-key': COUNT,
    },
    paint: { 'text-color': token('surface') },
  };
}
