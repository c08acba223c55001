/** Elements that only some pages have: each comes when a page, or a part that is swapped in, has one. */
const COMING: Record<string, () => Promise<unknown>> = {
  'area-map': () => Promise.all([import('../elements/area-map'), import('../map/ahead')]),
  'case-map': () => import('../elements/case-map'),
  'hub-desk': () => import('../elements/hub-desk'),
  'live-case': () => import('../elements/live-case'),
  'live-list': () => import('../elements/live-list'),
  'map-sample': () => import('../elements/map-sample'),
  'near-first': () => import('../elements/near-first'),
  'offline-mark': () => import('../offline/mark'),
  'photo-input': () => import('../elements/photo-input'),
  'photo-place': () => import('../elements/photo-place'),
  'place-search': () => import('../elements/place-search'),
  'push-way': () => import('../telling/push-way'),
  'search-select': () => import('../elements/search-select'),
  'speech-input': () => import('../elements/speech-input'),
  'report-draft': () => import('../offline/draft'),
  'report-steps': () => import('../elements/report-steps'),
  'waiting-list': () => import('../offline/waiting-list'),
};

function fetchAll(): void {
  for (const [name, load] of Object.entries(COMING)) if (document.querySelector(name)) void load();
}

export function fetchElements(): void {
  fetchAll();
  document.addEventListener('htmx:after:swap', fetchAll);
}
