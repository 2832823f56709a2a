"""`scripts/render`: writes the JSON of every dashboard into `rendered/`; `--check` only says which files would change."""

import json
import sys
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from . import RENDERED
from .argocd import argocd
from .memory import memory
from .platform import platform
from .slo import slo
from .workloads import templates, workload


def boards() -> dict[str, dashboard.Dashboard]:
    """File name without ending to dashboard."""
    shared = {"platform": platform(), "workload": workload(), "slo": slo(), "memory": memory(), "argocd": argocd()}
    return {**shared, **{f"of-{kind}": board for kind, board in templates().items()}}


def text(board: dashboard.Dashboard) -> str:
    """Compact JSON with a line for each panel: small in the cluster, readable in a diff."""
    content: dict[str, Any] = json.loads(JSONEncoder().encode(board.build()))
    panels = content.pop("panels")
    lines = ",\n".join(_compact(_numbered(panel, index)) for index, panel in enumerate(panels, 1))
    return f'{_compact(content)[:-1]},\n"panels":[\n{lines}\n]}}\n'


def _numbered(panel: dict[str, Any], number: int) -> dict[str, Any]:
    """The panel with an id that links may name, without what says nothing."""
    return {"id": number, **{key: value for key, value in panel.items() if key not in ("repeatDirection", "transparent")}}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def main(check: bool) -> int:
    """Write the files, or name those that differ; 1 if `check` found any."""
    wanted = {RENDERED / f"{name}.json": text(board) for name, board in boards().items()}
    stale = [path for path, content in wanted.items() if not path.exists() or path.read_text() != content]
    stale += [path for path in RENDERED.glob("*.json") if path not in wanted]
    for path in stale:
        print(f"{path.name}: {'differs from its builder' if check else 'written'}")
        if not check:
            path.write_text(wanted[path]) if path in wanted else path.unlink()
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
