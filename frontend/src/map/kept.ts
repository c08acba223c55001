/** What a map showed before anything was chosen on it. */
export interface View {
  center: [number, number];
  zoom: number;
  /** A position of which the device was not sure, in metres. */
  rough?: { lon: number; lat: number; metres: number } | undefined;
}

/** Keep the view for the one time that this page is loaded anew, in this tab alone. */
export function keepView(view: View): void {
  try {
    sessionStorage.setItem(place(), JSON.stringify(view));
  } catch {
    // A browser that keeps nothing: the map begins with the city.
  }
}

/** The view that was kept, and forget it; nothing for whoever comes from another page. */
export function takeView(): View | undefined {
  const found = sessionStorage.getItem(place());
  sessionStorage.removeItem(place());
  const [way] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const anew = way?.type !== 'navigate' || document.referrer.startsWith(location.origin + location.pathname);
  return found && anew ? (JSON.parse(found) as View) : undefined;
}

function place(): string {
  return `gezhi.view:${location.pathname}`;
}
