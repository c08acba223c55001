/* The engine's own files, which its package does not tell of. */

declare module 'maplibre-gl/src/source/geojson_source.ts' {
  export { GeoJSONSource } from 'maplibre-gl';
}

/** The address of the chunk that cuts GeoJSON into tiles (`vite.engine.ts`). */
declare module 'address:map_geojson' {
  const address: string;
  export default address;
}
