"""Copies the named front-end files from node_modules/ to static/vendor/, which git ignores."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Source below node_modules → name below static/vendor. The .map files belong to it: the manifest storage that hashes
# static files stops at a source map that a file names and that is not there.
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.min.css.map": "bootstrap/bootstrap.min.css.map",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
    "bootstrap/dist/js/bootstrap.bundle.min.js.map": "bootstrap/bootstrap.bundle.min.js.map",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons/bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff": "bootstrap-icons/fonts/bootstrap-icons.woff",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "bootstrap-icons/fonts/bootstrap-icons.woff2",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select/tom-select.bootstrap5.min.css",
    "tom-select/dist/css/tom-select.bootstrap5.min.css.map": "tom-select/tom-select.bootstrap5.min.css.map",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select/tom-select.complete.min.js",
    "tom-select/dist/js/tom-select.complete.min.js.map": "tom-select/tom-select.complete.min.js.map",
}


class Command(BaseCommand):
    help = "把前端文件从 node_modules/ 复制到 static/vendor/"

    def add_arguments(self, parser):
        parser.add_argument("--source", type=Path, default=settings.BASE_DIR / "node_modules", help="node_modules 目录")
        parser.add_argument("--target", type=Path, default=settings.BASE_DIR / "static" / "vendor", help="目标目录")

    def handle(self, *, source: Path, target: Path, **options):
        missing = [name for name in FILES if not (source / name).is_file()]
        if missing:
            raise CommandError(f"缺少前端文件：{'、'.join(missing)}。请先在项目目录运行 npm ci --ignore-scripts。")
        for name, copied_as in FILES.items():
            (target / copied_as).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / copied_as)
            self.stdout.write(f"{copied_as}  {(target / copied_as).stat().st_size:,} 字节")
        self.stdout.write(f"已复制{len(FILES)}个文件到 {target}")
