"""What every page and every download says of itself, from `site.yml`."""

from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGES = HERE / "pages"
SETTINGS = yaml.safe_load((HERE / "site.yml").read_text(encoding="utf-8"))
TITLE = f"{SETTINGS['title']}: {SETTINGS['subtitle']}"
STATUS = f"{SETTINGS['disclaimer']} {SETTINGS['status']}"
