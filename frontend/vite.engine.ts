import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

// Links are followed, as the bundler does.
const MODULES = `${realpathSync(fileURLToPath(new URL('node_modules', import.meta.url)))}/`;
const STANDING_IN = fileURLToPath(new URL('src/map/engine/', import.meta.url));

/** Where the map's engine has its source. */
export const ENGINE = `${MODULES}maplibre-gl/src/`;
const SPEC = `${MODULES}@maplibre/maplibre-gl-style-spec/dist/`;

const shaders = (...names: string[]): string[] =>
  names.flatMap((name) => [`shaders/glsl/${name}.vertex.glsl.g.ts`, `shaders/glsl/${name}.fragment.glsl.g.ts`]);

/** What no map of ours draws, by what it is for: a quarter of the engine. Each is a function that raises; what asks `is…?` says no. */
const ABSENT = [
  ...[
    // The earth as a ball, and its sky.
    'geo/projection/globe_camera_helper.ts',
    'geo/projection/globe_projection.ts',
    'geo/projection/globe_transform.ts',
    'geo/projection/vertical_perspective_camera_helper.ts',
    'geo/projection/vertical_perspective_projection.ts',
    'geo/projection/vertical_perspective_transform.ts',
    'webgl/program/atmosphere_program.ts',
    'webgl/program/sky_program.ts',
    ...shaders('_projection_globe', 'atmosphere', 'sky'),
    // Heights.
    'render/terrain.ts',
    'source/raster_dem_tile_source.ts',
    'source/raster_dem_tile_worker_source.ts',
    'webgl/draw/draw_terrain.ts',
    'webgl/render_to_texture.ts',
    ...shaders('terrain', 'terrain_depth', 'terrain_height'),
    // Layers of other kinds, and what fills with a pattern.
    'style/style_layer/color_relief_style_layer.ts',
    'style/style_layer/custom_style_layer.ts',
    'style/style_layer/fill_extrusion_style_layer.ts',
    'style/style_layer/heatmap_style_layer.ts',
    'style/style_layer/hillshade_style_layer.ts',
    'webgl/draw/draw_color_relief.ts',
    'webgl/draw/draw_custom.ts',
    'webgl/draw/draw_fill_extrusion.ts',
    'webgl/draw/draw_heatmap.ts',
    'webgl/draw/draw_hillshade.ts',
    'webgl/program/color_relief_program.ts',
    'webgl/program/fill_extrusion_program.ts',
    'webgl/program/heatmap_program.ts',
    'webgl/program/hillshade_program.ts',
    ...shaders('color_relief', 'fill_extrusion', 'fill_extrusion_pattern', 'heatmap', 'heatmap_texture', 'hillshade', 'hillshade_prepare'),
    ...shaders('background_pattern', 'fill_outline_pattern', 'fill_pattern', 'line_gradient', 'line_gradient_sdf', 'line_pattern'),
    // Sources of pictures and films.
    'source/canvas_source.ts',
    'source/image_source.ts',
    'source/video_source.ts',
    // What helps whoever makes the engine, and buttons that we have of our own.
    'ui/control/attribution_control.ts',
    'ui/control/logo_control.ts',
    'ui/hash.ts',
    'webgl/draw/draw_collision_debug.ts',
    'webgl/draw/draw_debug.ts',
    'webgl/program/debug_program.ts',
    ...shaders('collision_box', 'collision_circle', 'debug'),
  ].map((path) => ENGINE + path),
  // Expressions that measure on the map, and what finds the difference of two styles.
  ...['diff.mjs', 'expression/definitions/distance.mjs', 'expression/definitions/within.mjs'].map((path) => SPEC + path),
];

/** What is done otherwise here than in the engine: module → what stands in for it, and may use it. */
const OTHERWISE = new Map([
  [`${ENGINE}source/geojson_source.ts`, `${STANDING_IN}geojson_source.ts`],
  [`${ENGINE}source/geojson_worker_source.ts`, `${STANDING_IN}geojson_worker_source.ts`],
  [`${ENGINE}webgl/draw/draw_sky.ts`, `${STANDING_IN}sky.ts`],
  [`${SPEC}validate_style.min.mjs`, `${STANDING_IN}unchecked.ts`],
]);
/** What cuts GeoJSON into tiles, and the name under which its address is asked for. */
const CUTTER = `${ENGINE}source/geojson_worker_source.ts`;
const ASIDE = 'address:map_geojson';
/** Of this the engine reads its version alone. */
const PACKAGE = `${MODULES}maplibre-gl/package.json`;

const WORKER = `${ENGINE}source/worker.ts`;
const ofWorker = new Set<string>();

/** Whether the engine's worker needs this module at once: those are one chunk, which the page fetches for itself and for the worker. */
export function isOfWorker(id: string): boolean {
  return id !== WORKER && ofWorker.has(id);
}

/** Build the engine without what no map of ours needs. Raises where the engine has no such file (any more). */
export function leanEngine(): Plugin {
  const missing = [...ABSENT, ...OTHERWISE.keys()].filter((path) => !existsSync(path));
  if (missing.length) throw new Error(`not in the map's engine: ${missing.join(', ')}`);
  const absent = new Set(ABSENT);
  return {
    name: 'lean-engine',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (source === ASIDE) return ASIDE;
      if (!importer?.startsWith(MODULES)) return undefined;
      // Of its reader of GeoJSON the engine itself needs two names, by which it tells where a line was cut.
      if (source === '@maplibre/geojson-vt' && importer.endsWith('line_bucket.ts')) return `${STANDING_IN}clipped.ts`;
      return OTHERWISE.get((await this.resolve(source, importer, { skipSelf: true }))?.id ?? '');
    },
    load(id) {
      // Its address, and not an `import()` of it: what Vite makes of one asks for a document, and a worker has none.
      if (id === ASIDE) {
        const chunk = this.emitFile({ type: 'chunk', id: CUTTER, name: 'map_geojson', preserveSignature: 'strict' });
        return `export default import.meta.ROLLUP_FILE_URL_${chunk}`;
      }
      if (absent.has(id)) return { code: instead(readFileSync(id, 'utf8')), moduleType: 'js' };
      if (id === PACKAGE) return JSON.stringify({ version: (JSON.parse(readFileSync(id, 'utf8')) as { version: string }).version });
      return undefined;
    },
    buildEnd() {
      const ahead = [WORKER];
      for (let id = ahead.pop(); id; id = ahead.pop()) {
        if (ofWorker.has(id)) continue;
        ofWorker.add(id);
        ahead.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
  };
}

/** A module with the same exports as this one, and nothing in them. */
function instead(source: string): string {
  if (/^export default ['"`]/m.test(source)) return "export default '';";
  const declared = source.matchAll(/^export (?:default )?(?:abstract )?(?:async )?(?:class|function|const|let) (\w+)/gm);
  const listed = source.matchAll(/^export \{([^}]*)\}/gm);
  const names = new Set([
    ...[...declared].map(([, name = '']) => name),
    ...[...listed].flatMap(([, list = '']) => list.split(',').map((one) => one.trim().replace(/.* as /, ''))).filter(Boolean),
  ]);
  const exported = [...names].map((name) => `${/^is[A-Z]/.test(name) ? 'never' : 'absent'} as ${name}`);
  return `import { absent, never } from '${STANDING_IN}absent.ts';\nexport { ${exported.join(', ')} };`;
}
