"""Draw the icons of the installed app from the product's mark: `python scripts/draw_app_icons.py` (needs Chromium).

Devices want pictures of points, one of them with nothing but ground near its edges, since they cut them round.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

DRAWINGS = Path(__file__).resolve().parents[1] / "src" / "gezhi" / "interfaces" / "web" / "static" / "web"
# The circle that every device shows has four fifths of the side; the mark's own corners must lie in it.
MASKED_SHARE = 0.62


def main() -> None:
    """Write `app-192.png`, `app-512.png` and `app-maskable-512.png` beside the mark."""
    mark = (DRAWINGS / "mark.svg").read_text("utf-8")
    ground = re.search(r'<rect[^>]*fill="(#[0-9a-f]{6})"', mark)
    if ground is None:
        raise SystemExit("mark.svg has no ground")
    found = os.environ.get("GEZHI_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox"])
        for name, size, share in (("app-192", 192, 1), ("app-512", 512, 1), ("app-maskable-512", 512, MASKED_SHARE)):
            page = browser.new_page(viewport={"width": size, "height": size})
            side = round(size * share)
            style = f"margin:0;display:grid;place-items:center;height:100vh;background:{ground[1] if share < 1 else 'transparent'}"
            drawn = mark.replace("<svg ", f'<svg width="{side}" height="{side}" ')
            page.set_content(f'<body style="{style}">{drawn}</body>')
            page.screenshot(path=DRAWINGS / f"{name}.png", omit_background=share == 1)
        browser.close()


if __name__ == "__main__":
    main()
